import { randomBytes, randomUUID } from 'node:crypto'
import { type Loan } from './byte-budget.ts'
import { overloaded } from './refusals.ts'

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

export interface Handler {
  /** What an answer may hold that is large whatever the request's size; 0 for others. */
  readonly maxAnswerBytes: (request: HttpRequest) => number
  /** Never rejects: what goes wrong is an answer too. */
  readonly handle: (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>
}

/** Answers once there is room for it: large answers are asked of clients by small requests, so many could come at once. */
export function answerWithin(
  loan: Loan,
  request: HttpRequest,
  { maxAnswerBytes, handle }: Handler,
  send: (answer: HttpAnswer) => void,
): void {
  const begin = (lentBytes: number): void => {
    const settle = (given: HttpAnswer): void => {
      const answer = inBytes(given)
      const moreBytes = answer.body.length - lentBytes
      if (moreBytes < 0) loan.shrink(-moreBytes)
      send(moreBytes <= 0 || loan.grow(moreBytes) ? answer : overloaded)
    }
    const answer = handle(request)
    if (answer instanceof Promise) void answer.then(settle)
    else settle(answer)
  }
  const bytes = maxAnswerBytes(request)
  if (bytes === 0) begin(0)
  else loan.growWhenFree(bytes, begin)
}

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

/** From here on a text is sent faster as bytes: node:http would put it behind the headers in one string, and flatten and encode that. */
const minBytesLength = 4_096

const inBytes = (answer: HttpAnswer): HttpAnswer =>
  typeof answer.body === 'string' && answer.body.length >= minBytesLength
    ? { ...answer, body: Buffer.from(answer.body) }
    : answer
