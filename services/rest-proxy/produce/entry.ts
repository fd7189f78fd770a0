/** What became of one record, an element of the answer's `offsets`. */
export type Outcome =
  { readonly partition: number; readonly offset: bigint } | { readonly errorCode: number; readonly error: string }

/** Where an entry's outcome goes: a place in the answer to one request. */
export interface OutcomeSlots {
  readonly isSettled: (at: number) => boolean
  /** The first outcome stands. */
  readonly settle: (at: number, outcome: Outcome) => void
}

/** A record with its place in the log chosen, and its place in an answer. */
export class Entry {
  readonly topic: string
  readonly partition: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Upper bound of its size in a record batch. */
  readonly bytes: number
  readonly #slots: OutcomeSlots
  readonly #at: number

  constructor(
    record: { topic: string; partition: number; key: Buffer | null; value: Buffer | null },
    slots: OutcomeSlots,
    at: number,
  ) {
    this.topic = record.topic
    this.partition = record.partition
    this.key = record.key
    this.value = record.value
    this.bytes = recordBytes(record.key, record.value)
    this.#slots = slots
    this.#at = at
  }

  get isSettled(): boolean {
    return this.#slots.isSettled(this.#at)
  }

  settle(outcome: Outcome): void {
    this.#slots.settle(this.#at, outcome)
  }
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
