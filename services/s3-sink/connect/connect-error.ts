import { type ConnectErrorRow } from '../../../contract/wire-errors.ts'

/** An answer of the Connect REST API other than success: a row of `connectErrors` with its names filled in. */
export class ConnectError extends Error {
  readonly status: number

  constructor({ status, message }: ConnectErrorRow, ...names: readonly string[]) {
    let index = 0
    super(message.replace(/%s/g, () => names[index++] ?? ''))
    this.name = 'ConnectError'
    this.status = status
  }
}
