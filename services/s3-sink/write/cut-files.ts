/** What ends a file: a number of records, or a span of record time. */
export interface CutRules {
  readonly flushSizeRecords: number
  /** Undefined: record time ends no file. */
  readonly rotateIntervalMs: number | undefined
}

/** A file not yet ended: what of its records decides where it ends. */
export interface OpenFile {
  readonly startOffset: bigint
  /** Timestamp of its first record. */
  readonly baseTimestampMs: number
  readonly records: number
}

/**
 * Whether a record of this timestamp belongs to the next file. Only the records decide where a file ends, never how they were
 * polled nor when, so a replay from any file's start cuts the same files again.
 */
export const endsBefore = (file: OpenFile, timestampMs: number, { rotateIntervalMs }: CutRules): boolean =>
  rotateIntervalMs !== undefined && timestampMs - file.baseTimestampMs >= rotateIntervalMs

export const isFull = (file: OpenFile, { flushSizeRecords }: CutRules): boolean => file.records >= flushSizeRecords
