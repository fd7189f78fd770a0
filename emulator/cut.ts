import { kinesisLimits } from '../contract/limits.ts'
import { keyOf } from './stream.ts'
import { type OutgoingRecord } from './verdict.ts'

/** What one request of a path may hold. */
export interface RequestShape {
  readonly maxRecords: number
  readonly maxBytes: number
  readonly sizeOf: (record: OutgoingRecord) => number
  /** Whether records of the same row have to be in different requests. */
  readonly isRowOnce: boolean
}

/** A gateway takes 10 MB a request, Kinesis too; long texts cut a request well before that. */
const maxBytes = 4 * 1024 * 1024

export const batchShape: RequestShape = {
  maxRecords: Number.POSITIVE_INFINITY,
  maxBytes,
  sizeOf: ({ json }) => Buffer.byteLength(json),
  isRowOnce: false,
}

/**
 * PutRecords may fail a record and store a later one with the same key, so a key comes once a request. Of a constant key that
 * would be one record a request: there the order within a request is left to Kinesis.
 */
export const streamShape = (partitionKey: string): RequestShape => ({
  maxRecords: kinesisLimits.maxRecords,
  maxBytes,
  sizeOf: (record) => Buffer.byteLength(record.json) + Buffer.byteLength(keyOf(partitionKey, record)),
  isRowOnce: partitionKey === 'ind',
})

/** The records of each request, in the order in which those of one row follow each other; too large a record goes alone. */
export function* cut(records: readonly OutgoingRecord[], shape: RequestShape): Generator<readonly OutgoingRecord[]> {
  for (const group of shape.isRowOnce ? rowOnce(records) : [records]) yield* cutBySize(group, shape)
}

/** The first record of every row, then the second ones, and so on. */
function rowOnce(records: readonly OutgoingRecord[]): readonly OutgoingRecord[][] {
  const groups: OutgoingRecord[][] = []
  const seen = new Map<number, number>()
  for (const record of records) {
    const times = seen.get(record.ind) ?? 0
    seen.set(record.ind, times + 1)
    const group = (groups[times] ??= [])
    group.push(record)
  }
  return groups
}

function* cutBySize(
  records: readonly OutgoingRecord[],
  { maxRecords, maxBytes, sizeOf }: RequestShape,
): Generator<readonly OutgoingRecord[]> {
  let part: OutgoingRecord[] = []
  let bytes = 0
  for (const record of records) {
    const size = sizeOf(record)
    if (part.length > 0 && (part.length === maxRecords || bytes + size > maxBytes)) {
      yield part
      part = []
      bytes = 0
    }
    part.push(record)
    bytes += size
  }
  if (part.length > 0) yield part
}
