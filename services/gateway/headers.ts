import type { RequestHeaders } from './request-headers.ts'

export const apiId = 'pinlab0api'

export interface ForwardedFor {
  readonly sourceIp: string
  /** Port the client called. */
  readonly port: string
  readonly traceId: string
}

/** Headers for the backend, names and values in turn; adds to `headers.passed` and returns it. */
export function integrationRequestHeaders(
  headers: RequestHeaders,
  { sourceIp, port, traceId }: ForwardedFor,
): string[] {
  const { passed, userAgent, forwardedFor } = headers
  if (userAgent === undefined) passed.push('User-Agent', `AmazonAPIGateway_${apiId}`)
  passed.push(
    'X-Forwarded-For',
    forwardedFor + sourceIp,
    'X-Forwarded-Port',
    port,
    'X-Forwarded-Proto',
    'http',
    'X-Amzn-Trace-Id',
    traceId,
    'x-amzn-apigateway-api-id',
    apiId,
  )
  return passed
}

/**
 * Names under which a backend's headers reach the client, undefined for those that do not: the response column of the table of
 * request-headers.ts. The gateway's own values stand under the plain names of the remapped ones.
 */
const responseNames: ReadonlyMap<string, string | undefined> = new Map([
  ...[
    'authorization',
    'connection',
    'content-length',
    'content-md5',
    'date',
    'max-forwards',
    'server',
    'user-agent',
    'www-authenticate',
    'x-amzn-requestid', // not in the table; seen with backends that set it themselves
  ].map((name): [string, string] => [name, `x-amzn-remapped-${name}`]),
  ...['expect', 'host', 'keep-alive', 'proxy-authenticate', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'via'].map(
    (name): [string, undefined] => [name, undefined],
  ),
])

/** Headers for the client, names and values in turn. `Content-Length` is not among them: the sender knows the body's size. */
export function methodResponseHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): string[] {
  const kept: string[] = []
  for (const name in headers) {
    const value = headers[name]
    const sent = responseNames.has(name) ? responseNames.get(name) : name
    if (value === undefined || sent === undefined) continue
    if (typeof value === 'string') kept.push(sent, value)
    else for (const each of value) kept.push(sent, each)
  }
  return kept
}
