import { type Socket } from 'node:net'
import { Refused, type RefusalName } from './refused.ts'
import { v2Json } from './media-types.ts'

const refusals: Readonly<Record<string, RefusalName>> = {
  HPE_HEADER_OVERFLOW: 'headersTooLarge',
  ERR_HTTP_REQUEST_TIMEOUT: 'requestTimeout',
}
const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

/** Answers what never became a request: bad HTTP, too long headers, a client that does not finish. The connection ends. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const refusal = refusals[error.code ?? '']
  const refused = refusal === undefined ? new Refused('badRequest', 'not HTTP/1.1') : new Refused(refusal)
  const body = JSON.stringify(refused.body)
  const head = [
    `HTTP/1.1 ${String(refused.status)} ${reasons[refused.status] ?? 'Error'}`,
    `Content-Type: ${v2Json}`,
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
