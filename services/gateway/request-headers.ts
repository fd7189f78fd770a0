/**
 * What becomes of a request header on its way to the backend of an HTTP proxy integration: the table of "Amazon API Gateway
 * important notes for REST APIs" in the developer guide, column http_proxy. A header it does not name passes as it is.
 */
type Fate =
  | 'pass'
  | 'drop'
  /** The gateway sends its own in the client's place. */
  | 'replace'
  | 'connection'
  | 'content-length'
  | 'host'
  | 'transfer-encoding'
  | 'user-agent'
  | 'x-amzn-requestid'
  | 'x-amzn-trace-id'
  | 'x-api-key'
  | 'x-forwarded-for'

const fates: ReadonlyMap<string, Fate> = new Map([
  ['connection', 'connection'],
  ['content-length', 'content-length'], // the client of the backend writes its own, of the body it sends
  ['content-md5', 'drop'],
  ['expect', 'drop'],
  ['host', 'host'], // the backend's own takes its place
  ['keep-alive', 'drop'],
  ['max-forwards', 'drop'],
  ['proxy-authenticate', 'drop'],
  ['proxy-connection', 'drop'],
  ['server', 'drop'],
  ['te', 'drop'],
  ['trailer', 'drop'],
  ['transfer-encoding', 'transfer-encoding'],
  ['upgrade', 'drop'],
  ['user-agent', 'user-agent'],
  ['via', 'drop'],
  ['www-authenticate', 'drop'],
  ['x-amzn-apigateway-api-id', 'replace'],
  ['x-amzn-requestid', 'x-amzn-requestid'],
  ['x-amzn-trace-id', 'x-amzn-trace-id'],
  ['x-api-key', 'x-api-key'],
  ['x-forwarded-for', 'x-forwarded-for'],
  ['x-forwarded-port', 'replace'],
  ['x-forwarded-proto', 'replace'],
])

/** Fates by the spelling clients use, so that a request costs one look-up a header. */
const known = new Map<string, Fate>()
const maxKnown = 1_000

function fateOf(name: string): Fate {
  const found = known.get(name)
  if (found !== undefined) return found
  const fate = fates.get(name.toLowerCase()) ?? 'pass'
  if (known.size < maxKnown) known.set(name, fate)
  return fate
}

/** A request's headers after one pass over them. */
export interface RequestHeaders {
  /** Names and values in turn that go on to the backend, in the client's spelling and order. */
  readonly passed: string[]
  /** All values together. */
  readonly valueBytes: number
  readonly hasBody: boolean
  /** 0 where the client named none. */
  readonly contentLength: number
  readonly host: string | undefined
  readonly userAgent: string | undefined
  readonly requestId: string | undefined
  readonly traceId: string | undefined
  readonly apiKey: string | undefined
  /** Every value, each followed by a comma and a blank. */
  readonly forwardedFor: string
}

/**
 * Sorts the headers of a request. Those that `Connection` names belong to one hop and do not pass (RFC 9110, 7.6.1).
 *
 * @param rawHeaders names and values in turn, as received.
 */
export function sortHeaders(rawHeaders: readonly string[]): RequestHeaders {
  const passed: string[] = []
  let valueBytes = 0
  let contentLength = 0
  let isChunked = false
  let connection = ''
  let forwardedFor = ''
  let host, userAgent, requestId, traceId, apiKey: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const value = rawHeaders[index + 1] ?? ''
    valueBytes += value.length
    switch (fateOf(name)) {
      case 'pass':
        passed.push(name, value)
        break
      case 'user-agent':
        userAgent = value
        passed.push(name, value)
        break
      case 'x-api-key':
        apiKey = value
        passed.push(name, value)
        break
      case 'x-amzn-requestid':
        requestId = value
        passed.push(name, value)
        break
      case 'x-amzn-trace-id':
        traceId = value
        break
      case 'x-forwarded-for':
        forwardedFor += `${value}, `
        break
      case 'host':
        host = value
        break
      case 'content-length':
        contentLength = Number(value)
        break
      case 'transfer-encoding':
        isChunked = true
        break
      case 'connection':
        connection += `,${value}`
        break
      case 'drop':
      case 'replace':
    }
  }
  return {
    passed: connection === '' ? passed : withoutPerHop(passed, connection.toLowerCase()),
    valueBytes,
    hasBody: isChunked || contentLength > 0,
    contentLength,
    host,
    userAgent,
    requestId,
    traceId,
    apiKey,
    forwardedFor,
  }
}

function withoutPerHop(passed: string[], connection: string): string[] {
  if (connection === ',keep-alive' || connection === ',close') return passed
  const names = new Set(connection.split(',').map((name) => name.trim()))
  return passed.filter((_, index) => !names.has((passed[index - (index % 2)] ?? '').toLowerCase()))
}
