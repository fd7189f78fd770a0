import { KinesisError } from '../kinesis-error.ts'

export interface Account {
  readonly region: string
  /** 12 digits. */
  readonly accountId: string
}

export const streamArnOf = ({ region, accountId }: Account, name: string): string =>
  `arn:aws:kinesis:${region}:${accountId}:stream/${name}`

/**
 * @param arn one of `name` and `arn` is given
 * @throws KinesisError ResourceNotFoundException for a stream elsewhere, InvalidArgumentException for a name that is not the ARN's
 */
export function resolveStreamName(account: Account, name: string | undefined, arn: string | undefined): string {
  if (arn === undefined) return name ?? ''
  const named = arn.slice(arn.indexOf(':stream/') + ':stream/'.length)
  if (name !== undefined && name !== named) {
    throw new KinesisError(
      'InvalidArgumentException',
      `StreamName ${name} and StreamARN ${arn} do not name one stream.`,
    )
  }
  if (arn !== streamArnOf(account, named)) {
    const accountId = arn.split(':', 5)[4] ?? ''
    throw new KinesisError('ResourceNotFoundException', `Stream ${named} under account ${accountId} not found.`)
  }
  return named
}
