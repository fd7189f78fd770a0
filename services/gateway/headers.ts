/**
 * What becomes of a header on its way through an HTTP proxy integration: the table of "Amazon API Gateway important notes for
 * REST APIs" in the developer guide, columns http_proxy. Every header it does not name passes as it is.
 */
const requestDropped: ReadonlySet<string> = new Set([
  'connection',
  'content-length', // the client of the backend writes its own, of the body it sends
  'content-md5',
  'expect',
  'host', // the backend's own takes its place
  'keep-alive',
  'max-forwards',
  'proxy-authenticate',
  'proxy-connection',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'www-authenticate',
])

/** Reach the client as `x-amzn-remapped-<name>`; the gateway's own values stand under the plain names. */
const responseRemapped: ReadonlySet<string> = new Set([
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
])

const responseDropped: ReadonlySet<string> = new Set([
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
])

export interface ForwardedFor {
  readonly sourceIp: string
  /** Port the client called. */
  readonly port: string
  readonly traceId: string
}

export const apiId = 'pinlab0api'

/**
 * Headers for the backend, a flat list of names and values. Names keep their case and repeated headers their order. Headers
 * that `Connection` names belong to one hop and go too (RFC 9110, 7.6.1).
 */
export function integrationRequestHeaders(rawHeaders: readonly string[], forwarded: ForwardedFor): string[] {
  const headers: string[] = []
  let perHop: Set<string> | undefined
  let clientsForwardedFor = ''
  let traceId = forwarded.traceId
  let hasUserAgent = false
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'connection') perHop = perHopNames(rawHeaders[index + 1] ?? '', perHop)
  }
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const value = rawHeaders[index + 1] ?? ''
    const lower = name.toLowerCase()
    if (requestDropped.has(lower) || perHop?.has(lower)) continue
    switch (lower) {
      case 'x-forwarded-for':
        clientsForwardedFor += `${value}, `
        continue
      case 'x-forwarded-proto':
      case 'x-forwarded-port':
      case 'x-amzn-apigateway-api-id':
        continue
      case 'x-amzn-trace-id':
        traceId = value
        continue
      case 'user-agent':
        hasUserAgent = true
    }
    headers.push(name, value)
  }
  if (!hasUserAgent) headers.push('User-Agent', `AmazonAPIGateway_${apiId}`)
  headers.push('X-Forwarded-For', clientsForwardedFor + forwarded.sourceIp)
  headers.push('X-Forwarded-Port', forwarded.port, 'X-Forwarded-Proto', 'http')
  headers.push('X-Amzn-Trace-Id', traceId, 'x-amzn-apigateway-api-id', apiId)
  return headers
}

function perHopNames(connection: string, known: Set<string> | undefined): Set<string> | undefined {
  const names = connection.toLowerCase()
  if (names === 'keep-alive' || names === 'close') return known
  return new Set([...(known ?? []), ...names.split(',').map((name) => name.trim())])
}

/** Headers for the client, a flat list. `Content-Length` is not among them but remapped: the sender knows the body's size. */
export function methodResponseHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): string[] {
  const kept: string[] = []
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || responseDropped.has(name)) continue
    const sent = responseRemapped.has(name) ? `x-amzn-remapped-${name}` : name
    if (typeof value === 'string') kept.push(sent, value)
    else for (const each of value) kept.push(sent, each)
  }
  return kept
}
