import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { type ByteBudget } from './byte-budget.ts'
import { answerHeaders, answerWithin, type Handler, type HttpAnswer } from './exchange.ts'
import { readBody } from './read-body.ts'
import { refusalAnswer } from './refusals.ts'

/** A stream on which nothing moves for so long is cut: its body would be kept. */
const streamTimeoutMs = 60_000
/** Of one stream and of one connection: a PutRecords call comes without waiting for window updates, nor may many fill the memory. */
const streamWindowBytes = 1_048_576
const sessionWindowBytes = 16 * 1_048_576

export interface Http2Serving {
  readonly server: Http2Server
  /** Lets streams under way finish, takes no new ones. */
  readonly finish: () => void
  readonly cut: () => void
}

export function http2Serving(handler: Handler, budget: ByteBudget, maxBufferedBytes: number): Http2Serving {
  const sessions = new Set<ServerHttp2Session>()
  const server = createServer({
    settings: { initialWindowSize: streamWindowBytes },
    // Node's own bound of 10 MB refuses streams beside one large answer; what is buffered has its bound in the budget
    maxSessionMemory: Math.ceil((2 * maxBufferedBytes + sessionWindowBytes) / 1e6),
  })
  server.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
    session.once('connect', () => {
      session.setLocalWindowSize(sessionWindowBytes)
    })
    // A client that breaks off; its streams hear of it themselves.
    session.on('error', () => {
      session.destroy()
    })
  })
  server.on('stream', (stream, headers) => {
    serve(stream, headers, handler, budget)
  })
  return {
    server,
    finish: () => {
      for (const session of sessions) session.close()
    },
    cut: () => {
      for (const session of sessions) session.destroy()
    },
  }
}

function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, handler: Handler, budget: ByteBudget): void {
  const loan = budget.open()
  stream.once('close', () => {
    loan.close()
  })
  // Reset by the client: nobody is there to be answered.
  stream.on('error', () => {
    stream.close(constants.NGHTTP2_CANCEL)
  })
  stream.setTimeout(streamTimeoutMs, () => {
    stream.close(constants.NGHTTP2_CANCEL)
  })
  readBody(stream, loan, (body) => {
    if (typeof body === 'string') {
      send(stream, refusalAnswer(body))
      return
    }
    const request = { method: headers[':method'] ?? '', target: headers[':path'] ?? '/', headers, body }
    answerWithin(loan, request, handler, (answer) => {
      send(stream, answer)
    })
  })
}

function send(stream: ServerHttp2Stream, answer: HttpAnswer): void {
  if (stream.destroyed || stream.closed) return
  const headers = { ':status': answer.status, ...answerHeaders(answer) }
  if (answer.body.length === 0) {
    stream.respond(headers, { endStream: true })
    return
  }
  stream.respond(headers)
  stream.end(answer.body)
}
