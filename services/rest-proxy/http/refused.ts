import { restProxyErrors, type RestProxyError } from '../../../contract/wire-errors.ts'

export type RefusalName = keyof typeof restProxyErrors

/** A row of `restProxyErrors` on its way to the client, completed by the case at hand; only the app turns it into an answer. */
export class Refused extends Error {
  readonly refusal: RefusalName
  readonly status: number
  readonly errorCode: number
  /** Seconds after which the client may try again. */
  readonly retryAfterSeconds: number | undefined

  constructor(refusal: RefusalName, detail = '', options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    const row: RestProxyError = restProxyErrors[refusal]
    super(row.message + detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Refused'
    this.refusal = refusal
    this.status = row.status
    this.errorCode = row.errorCode
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  get body(): { error_code: number; message: string } {
    return { error_code: this.errorCode, message: this.message }
  }
}
