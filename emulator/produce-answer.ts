import { z } from 'zod'
import { mayPass, parseJson, quoted, type Hint, type RecordOutcome, type Verdict } from './verdict.ts'

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

/** Per-record codes that may pass: 50003 retriable Kafka error (REST Proxy 7.2), 2 (documented up to 5.0). */
const retriableRecordCodes = new Set([50_003, 2])

export interface ProduceRequest {
  readonly topic: string
  /** Records in the request. */
  readonly count: number
  /** Whether the topic has taken records before. */
  readonly isKnownTopic: boolean
}

/** Reads the answer to a produce request (REST Proxy v2, WIRE_FACTS section 1). */
export function judgeProduce(status: number, body: string, { topic, count, isKnownTopic }: ProduceRequest): Verdict {
  const reason = quoted(status, body)
  // a broker that restarts does not know its topics for a moment, and the proxy answers a produce timeout so too
  const mayPass404 = status === 404 && (isKnownTopic || body.includes('not present in metadata'))
  if (mayPass(status) || mayPass404) return { kind: 'retry', reason }
  if (status !== 200) return { kind: 'refused', reason }
  const parsed = ProduceAnswer.safeParse(parseJson(body))
  if (!parsed.success || parsed.data.offsets.length !== count) {
    return { kind: 'refused', reason: `not an answer of a REST proxy to ${String(count)} records: ${reason}` }
  }
  return { kind: 'records', outcomes: parsed.data.offsets.map((offset) => outcomeOf(topic, offset)) }
}

function outcomeOf(
  topic: string,
  { partition, offset, error_code: code, error }: z.infer<typeof ProduceAnswer>['offsets'][number],
): RecordOutcome {
  if (code === null || code === undefined) {
    return typeof partition === 'number' && typeof offset === 'number'
      ? { kind: 'acknowledged', place: { topic, partition, offset } }
      : { kind: 'refused', reason: 'the answer has neither an offset nor an error for the record' }
  }
  const reason = `record error ${String(code)}: ${error ?? 'no text'}`
  return { kind: retriableRecordCodes.has(code) ? 'retry' : 'refused', reason }
}

export const produceHints: readonly Hint[] = [
  { pattern: /40401/, fix: 'the topic does not exist: "lab topics" lists those that do; check the user id' },
  { pattern: /record error/, fix: 'the broker does not take this record: "lab logs kafka" says why' },
  {
    pattern: /not an answer of a REST proxy/,
    fix: 'another program answers at the invoke URL: compare it with "lab urls"',
  },
]
