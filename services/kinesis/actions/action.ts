import { KinesisError } from '../kinesis-error.ts'
import { streamArn, streamName } from '../members/common.ts'
import { deserialize } from '../members/deserialize.ts'
import { required, structure, type Input, type Members } from '../members/member.ts'
import { validate } from '../members/validate.ts'
import { type Streams } from '../streams/streams.ts'
import { resolveStreamName, type Account } from './arn.ts'

/** What actions work on. */
export interface Service extends Account {
  readonly streams: Streams
  /** Epoch milliseconds. */
  readonly nowMs: () => number
}

/**
 * One action of the API: a decoded body in, the answer's members out; undefined is an answer without a body.
 *
 * Rejects with KinesisError for what the request has wrong.
 */
export type Action = (service: Service, body: unknown) => object | undefined | Promise<object | undefined>

interface ActionDefinition<M extends Members> {
  readonly members: M
  /** Members of the service model that change what happens; a request that has one is refused, as it would not be obeyed. */
  readonly notEmulated?: readonly string[]
}

export function action<const M extends Members>(
  { members, notEmulated = [] }: ActionDefinition<M>,
  run: (service: Service, input: Input<M>) => object | undefined | Promise<object | undefined>,
): Action {
  const shape = structure(members)
  return (service, body) => {
    const input = deserialize(body, shape)
    validate(input, shape)
    refuseNotEmulated(body, notEmulated)
    return run(service, input)
  }
}

/** An action on one stream, which is named, or given by its ARN, or both. */
export function streamAction<const M extends Members>(
  { members, notEmulated = [] }: ActionDefinition<M>,
  run: (service: Service, name: string, input: Input<M>) => object | undefined | Promise<object | undefined>,
): Action {
  const byArn = structure({ ...members, StreamName: streamName, StreamARN: streamArn })
  const byName = structure({ ...members, StreamName: required(streamName), StreamARN: streamArn })
  return (service, body) => {
    const input = deserialize(body, byArn)
    const { StreamName, StreamARN } = input as Input<{ StreamName: typeof streamName; StreamARN: typeof streamArn }>
    validate(input, StreamARN === undefined ? byName : byArn)
    refuseNotEmulated(body, ['StreamId', ...notEmulated])
    return run(service, resolveStreamName(service, StreamName, StreamARN), input)
  }
}

function refuseNotEmulated(body: unknown, names: readonly string[]): void {
  const given = body as Readonly<Record<string, unknown>>
  for (const name of names) {
    const value = given[name]
    if (value !== undefined && value !== null && value !== false) {
      throw new KinesisError('InvalidArgumentException', `pinlab does not emulate ${name}.`)
    }
  }
}
