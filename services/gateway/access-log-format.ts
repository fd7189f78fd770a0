import { apiId } from './headers.ts'

/** What one request leaves for the access log. */
export interface AccessRecord {
  readonly requestId: string
  readonly extendedRequestId: string
  readonly traceId: string
  readonly sourceIp: string
  readonly userAgent: string | undefined
  readonly host: string | undefined
  readonly apiKey: string | undefined
  readonly startMs: number
  readonly httpMethod: string
  readonly stage: string
  /** With the stage. */
  readonly path: string
  readonly protocol: string
  resourcePath: string | undefined
  status: number
  responseLengthBytes: number
  responseLatencyMs: number
  integrationLatencyMs: number | undefined
  integrationStatus: number | undefined
  integrationError: string | undefined
  errorType: string | undefined
  errorMessage: string | undefined
}

type Variable = (record: AccessRecord) => string | number | undefined

const rounded = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : Math.round(ms))
const none: Variable = () => undefined

/** "Variables for access logging for API Gateway"; those that need an authorizer, WAF or a custom domain are never set here. */
const variables: Readonly<Record<string, Variable>> = {
  accountId: none,
  apiId: () => apiId,
  domainName: ({ host }) => host,
  'error.message': ({ errorMessage }) => errorMessage,
  'error.messageString': ({ errorMessage }) => (errorMessage === undefined ? undefined : JSON.stringify(errorMessage)),
  'error.responseType': ({ errorType }) => errorType,
  extendedRequestId: ({ extendedRequestId }) => extendedRequestId,
  httpMethod: ({ httpMethod }) => httpMethod,
  'identity.accountId': none,
  'identity.apiKey': ({ apiKey }) => apiKey,
  'identity.caller': none,
  'identity.sourceIp': ({ sourceIp }) => sourceIp,
  'identity.user': none,
  'identity.userAgent': ({ userAgent }) => userAgent,
  'identity.userArn': none,
  integrationErrorMessage: ({ integrationError }) => integrationError,
  integrationLatency: ({ integrationLatencyMs }) => rounded(integrationLatencyMs),
  integrationStatus: ({ integrationStatus }) => integrationStatus,
  'integration.error': ({ integrationError }) => integrationError,
  'integration.latency': ({ integrationLatencyMs }) => rounded(integrationLatencyMs),
  'integration.status': ({ integrationStatus }) => integrationStatus,
  path: ({ path }) => path,
  protocol: ({ protocol }) => protocol,
  requestId: ({ requestId }) => requestId,
  requestTime: ({ startMs }) => clfTime(startMs),
  requestTimeEpoch: ({ startMs }) => startMs,
  resourceId: none,
  resourcePath: ({ resourcePath }) => resourcePath,
  responseLatency: ({ responseLatencyMs }) => rounded(responseLatencyMs),
  responseLength: ({ responseLengthBytes }) => responseLengthBytes,
  stage: ({ stage }) => stage,
  status: ({ status }) => status,
  xrayTraceId: ({ traceId }) => traceId.replace('Root=', ''),
}

const jsonFields = {
  requestId: 'requestId',
  extendedRequestId: 'extendedRequestId',
  ip: 'identity.sourceIp',
  caller: 'identity.caller',
  user: 'identity.user',
  requestTime: 'requestTime',
  httpMethod: 'httpMethod',
  resourcePath: 'resourcePath',
  path: 'path',
  status: 'status',
  protocol: 'protocol',
  responseLength: 'responseLength',
  responseLatency: 'responseLatency',
  integrationLatency: 'integrationLatency',
  integrationStatus: 'integrationStatus',
  errorMessage: 'error.message',
}

/** The console's examples ("Access log formats"), JSON with path, latencies and the extended id added. */
export const namedFormats: Readonly<Record<string, string>> = {
  JSON: `{${Object.entries(jsonFields)
    .map(([key, name]) => `"${key}":"$context.${name}"`)
    .join(',')}}`,
  CLF:
    '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] ' +
    '"$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength ' +
    '$context.requestId $context.extendedRequestId',
}

/**
 * Compiles a format; a variable without a value is a hyphen. Quotes, backslashes and control characters of values are escaped,
 * so that no request can break or forge a line.
 *
 * @returns a sentence that names the fault of a format that cannot be used.
 */
export function accessLogFormat(format: string): ((record: AccessRecord) => string) | string {
  const text = (Object.hasOwn(namedFormats, format) ? namedFormats[format] : undefined) ?? format
  if (text.includes('\n')) return 'the format has a line break'
  const parts: (string | ((record: AccessRecord) => string))[] = []
  const used = new Set<string>()
  for (const piece of text.split(/(\$context(?:\.[A-Za-z0-9]+)+)/)) {
    const name = /^\$context\.(.+)$/.exec(piece)?.[1]
    if (name === undefined) parts.push(piece)
    else {
      const variable = Object.hasOwn(variables, name) ? variables[name] : undefined
      if (!variable) return `the lab does not have $context.${name}`
      used.add(name)
      parts.push(fromClient.has(name) ? (record) => escaped(variable(record)) : (record) => shown(variable(record)))
    }
  }
  if (!used.has('requestId') && !used.has('extendedRequestId'))
    return 'the format must include $context.requestId or $context.extendedRequestId'
  return (record) => {
    let line = ''
    for (const part of parts) line += typeof part === 'string' ? part : part(record)
    return line
  }
}

/** Variables whose text the client or the backend chooses; the others hold nothing that could break a line. */
const fromClient: ReadonlySet<string> = new Set([
  'domainName',
  'error.message',
  'identity.apiKey',
  'identity.userAgent',
  'httpMethod',
  'integrationErrorMessage',
  'integration.error',
  'path',
  'xrayTraceId',
])

/** Control characters too: a line break in a value would forge a line. */
const unsafe = /["\\\u0000-\u001f\u007f]/

const shown = (value: string | number | undefined): string =>
  value === undefined || value === '' ? '-' : String(value)

const escaped = (value: string | number | undefined): string =>
  typeof value === 'string' && unsafe.test(value) ? JSON.stringify(value).slice(1, -1) : shown(value)

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const formatted = { second: -1, text: '' }

/** `24/Nov/2026:22:07:00 +0000`; requests of one second share the text. */
function clfTime(ms: number): string {
  const second = Math.floor(ms / 1_000)
  if (formatted.second !== second) {
    const iso = new Date(second * 1_000).toISOString()
    formatted.second = second
    formatted.text = `${iso.slice(8, 10)}/${months[Number(iso.slice(5, 7)) - 1] ?? ''}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
  }
  return formatted.text
}
