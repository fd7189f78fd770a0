import { KinesisError } from '../kinesis-error.ts'

/** What an Authorization header of Signature Version 4 says. */
export interface Authorization {
  readonly scope: {
    readonly accessKeyId: string
    /** YYYYMMDD. */
    readonly date: string
    readonly region: string
    readonly service: string
    readonly terminator: string
  }
  readonly signedHeaders: readonly string[]
  /** Hexadecimal. */
  readonly signature: string
  /** Of the request, `YYYYMMDDTHHMMSSZ`. */
  readonly time: string
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

const wanted = ['Credential', 'Signature', 'SignedHeaders'] as const

/** @throws KinesisError MissingAuthenticationTokenException, IncompleteSignatureException */
export function authorizationOf(headers: Headers): Authorization {
  const { authorization } = headers
  if (typeof authorization !== 'string' || authorization === '') {
    throw new KinesisError('MissingAuthenticationTokenException', 'Missing Authentication Token')
  }
  const given = parametersOf(authorization)
  const time = timeOf(headers)
  const missing = wanted
    .filter((name) => !given.get(name))
    .map((name) => `Authorization header requires '${name}' parameter. `)
  if (time === undefined) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
  }
  if (!authorization.startsWith('AWS4-HMAC-SHA256') && missing.length === 0) {
    throw incomplete(`Unsupported AWS 'algorithm': '${authorization.split(' ', 1)[0] ?? ''}'. `, authorization)
  }
  if (missing.length > 0 || time === undefined) throw incomplete(missing.join(''), authorization)
  const [accessKeyId, date, region, service, terminator, ...rest] = (given.get('Credential') ?? '').split('/')
  if (!accessKeyId || !date || !region || !service || !terminator || rest.length > 0) {
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${given.get('Credential') ?? ''}'. `,
      authorization,
    )
  }
  return {
    scope: { accessKeyId, date, region, service, terminator },
    signedHeaders: (given.get('SignedHeaders') ?? '').split(';'),
    signature: given.get('Signature') ?? '',
    time,
  }
}

/** AWS takes commas or blanks between the parameters. */
function parametersOf(authorization: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (const part of authorization.split(/[, ]+/)) {
    const at = part.indexOf('=')
    if (at > 0) parameters.set(part.slice(0, at), part.slice(at + 1))
  }
  return parameters
}

function timeOf(headers: Headers): string | undefined {
  const amzDate = headers['x-amz-date']
  if (typeof amzDate === 'string' && /^\d{8}T\d{6}Z$/.test(amzDate)) return amzDate
  const atMs = Date.parse(String(headers['date'] ?? ''))
  return Number.isNaN(atMs) ? undefined : new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '')
}

const incomplete = (why: string, authorization: string): KinesisError =>
  new KinesisError('IncompleteSignatureException', `${why}Authorization=${authorization}`)
