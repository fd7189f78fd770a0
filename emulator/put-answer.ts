import { z } from 'zod'
import { mayPass, parseJson, quoted, type Hint, type RecordOutcome, type Verdict } from './verdict.ts'

const PutRecordAnswer = z.object({ SequenceNumber: z.string().regex(/^\d{1,128}$/), ShardId: z.string() })
const RecordError = z.object({ ErrorCode: z.string(), ErrorMessage: z.string().nullish() })
const PutRecordsAnswer = z.object({ Records: z.array(z.union([PutRecordAnswer, RecordError])) })
const ErrorAnswer = z.object({ __type: z.string() })

/** Errors that pass by themselves, of a request and of one of its records (API reference of PutRecord and PutRecords). */
const retriableErrors = new Set(['ProvisionedThroughputExceededException', 'InternalFailure', 'KMSThrottlingException'])

export interface PutRequest {
  readonly stream: string
  /** Records in a PutRecords request; undefined for PutRecord. */
  readonly count: number | undefined
}

export interface PutAnswer {
  readonly status: number
  readonly body: string
  /** The gateway's word on which line of its mapping template is at fault. */
  readonly templateNote: string | undefined
}

/** Reads the answer to a PutRecord or PutRecords request; an API may answer Kinesis's errors with 200 as well. */
export function judgePut({ status, body, templateNote }: PutAnswer, { stream, count }: PutRequest): Verdict {
  const note = templateNote === undefined ? '' : ` (x-pinlab-template: ${templateNote})`
  const reason = `${quoted(status, body)}${note}`
  const answer = parseJson(body)
  const error = ErrorAnswer.safeParse(answer).data?.__type.split('#').at(-1)
  if (error !== undefined && retriableErrors.has(error)) return { kind: 'retry', reason }
  // what a template makes of a request it makes of the next one too, whatever the status
  if (templateNote === undefined && mayPass(status)) return { kind: 'retry', reason }
  if (status !== 200 || error !== undefined) return { kind: 'refused', reason }
  const records = count === undefined ? PutRecordAnswer.array().safeParse([answer]).data : recordsOf(answer)
  if (records?.length !== (count ?? 1)) {
    return { kind: 'refused', reason: `not an answer of Kinesis to ${String(count ?? 1)} records: ${reason}` }
  }
  return { kind: 'records', outcomes: records.map((record) => outcomeOf(stream, record)) }
}

type RecordAnswer = z.infer<typeof PutRecordsAnswer>['Records'][number]

const recordsOf = (answer: unknown): readonly RecordAnswer[] | undefined =>
  PutRecordsAnswer.safeParse(answer).data?.Records

function outcomeOf(stream: string, record: RecordAnswer): RecordOutcome {
  if ('SequenceNumber' in record) {
    return {
      kind: 'acknowledged',
      place: { stream, shard: record.ShardId, sequenceNumber: record.SequenceNumber },
    }
  }
  const reason = `record error ${record.ErrorCode}: ${record.ErrorMessage ?? 'no text'}`
  return { kind: retriableErrors.has(record.ErrorCode) ? 'retry' : 'refused', reason }
}

export const putHints: readonly Hint[] = [
  {
    pattern: /x-pinlab-template/,
    fix: "the gateway's mapping template writes what Kinesis refuses: mend the line that is named, or start the lab with the right one (make down, then make up PUT_RECORD_TEMPLATE=base64)",
  },
  { pattern: /ResourceNotFoundException/, fix: '"lab streams" lists the streams that exist; check the user id' },
  {
    pattern: /SerializationException|base64/i,
    fix: "Kinesis takes Data as base64 only: the gateway's mapping template has to encode it (make down, then make up PUT_RECORD_TEMPLATE=base64)",
  },
  {
    pattern: /data' failed to satisfy/,
    fix: 'a record of a stream holds at most 1 MiB: shorten the row, or post it with "--paths batch"',
  },
  { pattern: /artitionKey/, fix: 'a partition key has 1 to 256 characters: correct --partition-key' },
  {
    pattern: /AccessDenied|UnrecognizedClient|InvalidSignature|IncompleteSignature|MissingAuthenticationTokenException/,
    fix: 'Kinesis does not take the keys that the gateway signs with: start the lab again, so that both have the same',
  },
  {
    pattern: /not an answer of Kinesis|^4\d\d \{"error_code"/,
    fix: 'what answers at the invoke URL has no streams behind it: compare it with "lab urls"',
  },
]
