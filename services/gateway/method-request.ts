import type { RequestHeaders } from './request-headers.ts'

/** What API Gateway's method request hands to validators and integrations. */
export interface MethodRequest {
  readonly method: string
  /** Path after the stage, percent-encoded. */
  readonly path: string
  readonly resourcePath: string
  /** Percent-encoded as in the path. */
  readonly pathParameters: Readonly<Record<string, string>>
  /** Without its question mark; empty when there is none. */
  readonly query: string
  readonly headers: RequestHeaders
  /** Names and values in turn, as received. */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer | undefined
  readonly requestId: string
  readonly extendedRequestId: string
  readonly traceId: string
  readonly sourceIp: string
  /** Port the client called. */
  readonly port: string
  readonly stage: string
}

/** Values of a repeated header are joined by commas. */
export function headerValue({ rawHeaders }: MethodRequest, name: string): string | undefined {
  const wanted = name.toLowerCase()
  const values = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === wanted)
  return values.length === 0 ? undefined : values.join(',')
}

/** Value of a query parameter, still percent-encoded; the last one counts, as in API Gateway. */
export function queryValue({ query }: MethodRequest, name: string): string | undefined {
  if (query === '') return undefined
  let found: string | undefined
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=')
    const key = equals < 0 ? pair : pair.slice(0, equals)
    if (decodeComponent(key, true) === name) found = equals < 0 ? '' : pair.slice(equals + 1)
  }
  return found
}

/** Percent-decoded text; as it came when it cannot be decoded. @param plusIsBlank as in a query */
export function decodeComponent(text: string, plusIsBlank: boolean): string {
  const blanks = plusIsBlank ? text.replaceAll('+', ' ') : text
  if (!blanks.includes('%')) return blanks
  try {
    return decodeURIComponent(blanks)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}
