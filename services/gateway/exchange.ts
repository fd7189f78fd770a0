import type { IncomingMessage, ServerResponse } from 'node:http'
import { gatewayErrors, type GatewayError, type GatewayErrorRow } from '../../contract/wire-errors.ts'
import type { AccessRecord } from './access-log-format.ts'
import { requestIdOf, traceIdOf } from './identifiers.ts'
import type { RequestHeaders } from './request-headers.ts'
import type { RequestTarget } from './request-target.ts'

/** What goes back to the client. */
export interface ClientResponse {
  readonly status: number
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body: Buffer | string
}

export function startRecord(
  request: IncomingMessage,
  headers: RequestHeaders,
  target: RequestTarget | undefined,
  extendedRequestId: string,
): { record: AccessRecord; requestId: string } {
  const startMs = Date.now()
  const { id, logged } = requestIdOf(headers.requestId)
  return {
    requestId: id,
    record: {
      requestId: logged,
      extendedRequestId,
      traceId: headers.traceId ?? traceIdOf(id, startMs),
      sourceIp: request.socket.remoteAddress ?? '',
      userAgent: headers.userAgent,
      host: headers.host,
      apiKey: headers.apiKey,
      startMs,
      httpMethod: request.method ?? '',
      stage: target?.stage ?? '',
      path: target ? `/${target.stage}${target.path}` : (request.url ?? ''),
      protocol: `HTTP/${request.httpVersion}`,
      resourcePath: undefined,
      status: 0,
      responseLengthBytes: 0,
      responseLatencyMs: 0,
      integrationLatencyMs: undefined,
      integrationStatus: undefined,
      integrationError: undefined,
      errorType: undefined,
      errorMessage: undefined,
    },
  }
}

/** @param detail takes the place of `%s` in the row's body. */
export function errorResponse(error: GatewayError, detail = ''): ClientResponse {
  const row: GatewayErrorRow = gatewayErrors[error]
  const headers = ['content-type', row.contentType ?? 'application/json']
  if (row.errorType !== undefined) headers.push('x-amzn-ErrorType', row.errorType)
  return { status: row.status, headers, body: row.body.replace('%s', () => detail) }
}

/** Front-end answers come before any API is looked up and carry no ids. */
export const hasIds = (error: GatewayError): boolean => 'errorType' in gatewayErrors[error]

/** Sends headers and body at once. @param contentLength undefined leaves it out: an answer to HEAD whose backend named none. */
export function send(
  response: ServerResponse,
  { status, headers, body }: ClientResponse,
  contentLength?: string,
): void {
  if (contentLength !== undefined) headers.push('content-length', contentLength)
  response.writeHead(status, headers)
  response.end(body)
}
