import { type Loan } from './budget.ts'

/** One request as a route sees it; the body is read already. */
export interface Call {
  /** Path parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly contentType: string | undefined
  /** Content type of the answer, agreed with the client. */
  readonly type: string
  /** Empty when there is none. */
  readonly body: Buffer
  /** `http://host:port` as the client wrote it. */
  readonly baseUrl: string
  /** What an answer needs in memory is borrowed from it. */
  readonly loan: Loan
}

/** A string is JSON text already; undefined makes a 204. */
export type AnswerBody = object | string | undefined

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** `:name` stands for a segment. */
  readonly path: string
  /** Content types of the answer, most preferred first; a client that accepts none of them gets 406. */
  readonly produces: readonly string[]
  /** Whether a body of this type is taken; without it the method takes no body. 415 otherwise. */
  readonly consumes?: (contentType: string | undefined) => boolean
  readonly handle: (call: Call) => Promise<AnswerBody>
}
