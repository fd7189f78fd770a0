/** What became of one record, an element of the answer's `offsets`. */
export type Outcome =
  { readonly partition: number; readonly offset: bigint } | { readonly errorCode: number; readonly error: string }

/** A record with its place in the log chosen. It is settled once; later calls change nothing. */
export interface Entry {
  readonly topic: string
  readonly partition: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Upper bound of its size in a record batch. */
  readonly bytes: number
  readonly isSettled: boolean
  readonly settle: (outcome: Outcome) => void
}

/** Records of one partition in the order they arrived, sent as one record batch. */
export interface Batch {
  readonly topic: string
  readonly partition: number
  readonly entries: readonly Entry[]
}

// Record format v2: five varints and the attributes; 21 bytes at the most when no headers are sent.
const recordOverheadBytes = 21
export const recordBytes = (key: Buffer | null, value: Buffer | null): number =>
  (key?.length ?? 0) + (value?.length ?? 0) + recordOverheadBytes
