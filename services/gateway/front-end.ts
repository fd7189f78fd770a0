import type { Duplex } from 'node:stream'
import { gatewayLimits } from '../../contract/limits.ts'
import { gatewayErrors, type GatewayError, type GatewayErrorRow } from '../../contract/wire-errors.ts'

/** Refuses a request for its size, before its stage is looked at. @param valueBytes all header values together. */
export function sizeFault(url: string, valueBytes: number): GatewayError | undefined {
  if (url.length > gatewayLimits.maxUrlLength) return 'URL_TOO_LONG'
  return valueBytes > gatewayLimits.maxHeaderValueBytes ? 'HEADERS_TOO_LARGE' : undefined
}

const parserErrors: Readonly<Record<string, GatewayError>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
}

/** Answers bytes that made no request, and closes. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  socket.end(rawResponse(parserErrors[error.code ?? ''] ?? 'BAD_REQUEST'))
}

/** A gateway response for a socket that has no ServerResponse; the connection closes after it. */
export function rawResponse(error: GatewayError): string {
  const { status, body, contentType = 'application/json', errorType }: GatewayErrorRow = gatewayErrors[error]
  return [
    `HTTP/1.1 ${String(status)} ${error}`,
    `content-type: ${contentType}`,
    ...(errorType === undefined ? [] : [`x-amzn-ErrorType: ${errorType}`]),
    `content-length: ${String(body.length)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n')
}
