import { randomBytes, randomUUID } from 'node:crypto'

/** A request with its whole body, whichever HTTP brought it. */
export interface HttpRequest {
  readonly method: string
  /** Path and query as they came. */
  readonly target: string
  /** Small names; an HTTP/2 request's pseudo-headers too. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

export interface HttpAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string | Buffer
}

/** Never rejects: what goes wrong is an answer too. */
export type Handler = (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>

/** What AWS puts on every answer; an HTTP/2 answer has the same names. */
export const answerHeaders = ({ contentType, body }: HttpAnswer): Record<string, string | number> => ({
  'x-amzn-requestid': randomUUID(),
  'x-amz-id-2': randomBytes(48).toString('base64'),
  'content-type': contentType,
  'content-length': Buffer.byteLength(body),
})
