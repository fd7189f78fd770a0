import { z } from 'zod'

const ProduceAnswer = z.object({
  offsets: z.array(
    z.object({
      partition: z.int().nonnegative().nullish(),
      offset: z.int().nonnegative().nullish(),
      error_code: z.int().nullish(),
      error: z.string().nullish(),
    }),
  ),
})

/** What became of one record of a request. */
export type RecordOutcome =
  | { readonly kind: 'acknowledged'; readonly partition: number; readonly offset: number }
  | { readonly kind: 'retry' | 'refused'; readonly reason: string }

/** What an answer means: for each record of the request, or for the request as a whole. */
export type Verdict =
  | { readonly kind: 'records'; readonly outcomes: readonly RecordOutcome[] }
  | { readonly kind: 'retry'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }

/** 408 request timeout, 429 throttled; with every 5xx, the statuses that may pass by themselves. */
const retriableStatuses = new Set([408, 429])

/** Per-record codes that may pass: 50003 retriable Kafka error (REST Proxy 7.2), 2 (documented up to 5.0). */
const retriableRecordCodes = new Set([50_003, 2])

const quotedCharacters = 500

export interface JudgedRequest {
  /** Records in the request. */
  readonly count: number
  /** Whether its topic has taken records before. */
  readonly isKnownTopic: boolean
}

/** Reads the answer to a produce request (REST Proxy v2, WIRE_FACTS section 1). */
export function judge(status: number, body: string, { count, isKnownTopic }: JudgedRequest): Verdict {
  const quoted = `${String(status)} ${body.slice(0, quotedCharacters)}`
  // a broker that restarts does not know its topics for a moment, and the proxy answers a produce timeout so too
  const mayPass404 = status === 404 && (isKnownTopic || body.includes('not present in metadata'))
  if (status >= 500 || retriableStatuses.has(status) || mayPass404) return { kind: 'retry', reason: quoted }
  if (status !== 200) return { kind: 'refused', reason: quoted }
  const parsed = ProduceAnswer.safeParse(parseJson(body))
  if (!parsed.success || parsed.data.offsets.length !== count) {
    return { kind: 'refused', reason: `not an answer of a REST proxy to ${String(count)} records: ${quoted}` }
  }
  return { kind: 'records', outcomes: parsed.data.offsets.map(outcomeOf) }
}

function outcomeOf({
  partition,
  offset,
  error_code: code,
  error,
}: z.infer<typeof ProduceAnswer>['offsets'][number]): RecordOutcome {
  if (code === null || code === undefined) {
    return typeof partition === 'number' && typeof offset === 'number'
      ? { kind: 'acknowledged', partition, offset }
      : { kind: 'refused', reason: 'the answer has neither an offset nor an error for the record' }
  }
  const reason = `record error ${String(code)}: ${error ?? 'no text'}`
  return { kind: retriableRecordCodes.has(code) ? 'retry' : 'refused', reason }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** What a reader can do about a refusal, from the answer's text. */
export function hintFor(reason: string): string {
  const hint = hints.find(({ pattern }) => pattern.test(reason))
  return hint?.fix ?? 'correct what the answer names; "lab logs gateway" and "lab logs rest-proxy" have both ends of it'
}

const hints = [
  {
    pattern: /Missing Authentication Token/,
    fix: 'the invoke URL lacks the stage, or the API has no such path: compare it with "lab urls" (http://host:port/<stage>)',
  },
  {
    pattern: /^403 .*Forbidden/,
    fix: 'the API wants an API key, which the emulator does not send: start the gateway without one',
  },
  { pattern: /40401/, fix: 'the topic does not exist: "lab topics" lists those that do; check the user id' },
  { pattern: /^413 /, fix: 'send fewer records a request: lower --batch' },
  { pattern: /record error/, fix: 'the broker does not take this record: "lab logs kafka" says why' },
  {
    pattern: /not an answer of a REST proxy/,
    fix: 'another program answers at the invoke URL: compare it with "lab urls"',
  },
]
