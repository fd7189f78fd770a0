import { createHmac, createSecretKey, hash, timingSafeEqual, type KeyObject } from 'node:crypto'
import { KinesisError } from '../kinesis-error.ts'
import { authorizationOf, type Authorization } from './authorization.ts'

export interface SignedRequest {
  readonly method: string
  /** Path and query as they came. */
  readonly target: string
  /** Small names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array
}

export interface Signer {
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** How far a request's time may be off: "Elements of an AWS API request signature" in the IAM user guide. */
const maxSkewMs = 15 * 60_000
const service = 'kinesis'

/**
 * Checks Signature Version 4 in the Authorization header.
 *
 * The returned function throws KinesisError: MissingAuthenticationTokenException, IncompleteSignatureException,
 * UnrecognizedClientException, InvalidSignatureException.
 */
export function signatureVerifier(signer: Signer, nowMs: () => number): (request: SignedRequest) => void {
  const signingKey = signingKeys(signer)
  return (request) => {
    const authorization = authorizationOf(request.headers)
    checkScope(authorization, signer)
    if (!authorization.signedHeaders.some((name) => name === 'host' || name === ':authority')) {
      throw invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    }
    checkTime(authorization.time, nowMs())
    const canonicalRequest = canonicalRequestOf(request, authorization.signedHeaders)
    const { date, region } = authorization.scope
    const scope = `${date}/${region}/${service}/aws4_request`
    const stringToSign = `AWS4-HMAC-SHA256\n${authorization.time}\n${scope}\n${hash('sha256', canonicalRequest)}`
    const expected = createHmac('sha256', signingKey(date)).update(stringToSign).digest()
    const given = Buffer.from(authorization.signature, 'hex')
    if (given.length === expected.length && timingSafeEqual(given, expected)) return
    throw invalid(
      'The request signature we calculated does not match the signature you provided. ' +
        'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n' +
        `The Canonical String for this request should have been\n'${canonicalRequest}'\n\n` +
        `The String-to-Sign should have been\n'${stringToSign}'\n`,
    )
  }
}

/** The key of a day takes four of the five HMACs of a signature, so the last one made is kept. */
function signingKeys({ region, secretAccessKey }: Signer): (date: string) => KeyObject {
  let kept: { readonly date: string; readonly key: KeyObject } | undefined
  return (date) => {
    if (kept?.date !== date) {
      const parts = [date, region, service, 'aws4_request']
      // As a KeyObject it costs a tenth of what bytes cost at each use.
      kept = { date, key: createSecretKey(parts.reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`))) }
    }
    return kept.key
  }
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

function checkScope({ scope, time }: Authorization, { region, accessKeyId }: Signer): void {
  if (scope.accessKeyId !== accessKeyId) {
    throw new KinesisError('UnrecognizedClientException', 'The security token included in the request is invalid.')
  }
  if (scope.date !== time.slice(0, 8)) {
    throw invalid(
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        `'${scope.date}' != '${time.slice(0, 8)}', from '${time}'.`,
    )
  }
  if (scope.region !== region) throw invalid('Credential should be scoped to a valid region. ')
  if (scope.service !== service) throw invalid(`Credential should be scoped to correct service: '${service}'. `)
  if (scope.terminator !== 'aws4_request') {
    throw invalid("Credential should be scoped with a valid terminator: 'aws4_request'. ")
  }
}

function checkTime(time: string, nowMs: number): void {
  const atMs = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (atMs < nowMs - maxSkewMs) {
    throw invalid(
      `Signature expired: ${time} is now earlier than ${basicIso(nowMs - maxSkewMs)} (${basicIso(nowMs)} - 15 min.)`,
    )
  }
  if (atMs > nowMs + maxSkewMs) {
    throw invalid(
      `Signature not yet current: ${time} is still later than ${basicIso(nowMs + maxSkewMs)} (${basicIso(nowMs)} + 15 min.)`,
    )
  }
}

const basicIso = (epochMs: number): string => new Date(epochMs).toISOString().replace(/[-:]|\.\d+/g, '')

function canonicalRequestOf(
  { method, target, headers, body }: SignedRequest,
  signedHeaders: readonly string[],
): string {
  const [path = '/', query = ''] = target.split('?', 2)
  let text = `${method}\n${canonicalPath(path)}\n${canonicalQuery(query)}\n`
  for (const name of signedHeaders) {
    // An HTTP/2 request has its host in :authority.
    const value = headers[name] ?? (name === 'host' ? headers[':authority'] : undefined) ?? ''
    text += `${name}:${canonicalValue(value)}\n`
  }
  return `${text}\n${signedHeaders.join(';')}\n${hash('sha256', body)}`
}

const canonicalValue = (value: string | string[]): string =>
  (typeof value === 'string' ? value : value.join(',')).trim().replace(/ {2,}/g, ' ')

/** Encoded once more than it came, as for every service but S3. */
const canonicalPath = (path: string): string => (path === '/' ? path : path.split('/').map(encodeStrictly).join('/'))

const canonicalQuery = (query: string): string =>
  query === ''
    ? ''
    : [...new URLSearchParams(query)]
        .map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`)
        .sort()
        .join('&')

const encodeStrictly = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)

const invalid = (message: string): KinesisError => new KinesisError('InvalidSignatureException', message)
