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

/** Stands for the host that AWS names in x-amz-id-2, which is opaque. */
const hostId = randomBytes(27).toString('base64')

/** What AWS puts on every answer; an HTTP/2 answer has the same names. */
export function answerHeaders({ contentType, body }: HttpAnswer): Record<string, string | number> {
  const requestId = randomUUID()
  return {
    'x-amzn-requestid': requestId,
    'x-amz-id-2': hostId + requestId.replaceAll('-', ''),
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
  }
}
