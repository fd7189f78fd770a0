export interface FetchedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
}

export const recordSize = ({ key, value }: FetchedRecord): number => (key?.length ?? 0) + (value?.length ?? 0)

/** Records between the fetching client and the reading request, in the order they were fetched; bounded in bytes. */
export class RecordBuffer {
  readonly #maxBytes: number
  #records: FetchedRecord[] = []
  #bytes = 0
  #changed = Promise.withResolvers<unknown>()

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** A single record always fits. */
  get hasRoom(): boolean {
    return this.#bytes < this.#maxBytes
  }

  /** Resolves at the next change: records put, taken or dropped. */
  get changed(): Promise<unknown> {
    return this.#changed.promise
  }

  put(record: FetchedRecord): void {
    this.#records.push(record)
    this.#bytes += recordSize(record)
    this.#announce()
  }

  /** The records in front for which `wanted` says so, up to the first for which it does not. */
  takeWhile(wanted: (record: FetchedRecord) => boolean): FetchedRecord[] {
    const end = this.#records.findIndex((record) => !wanted(record))
    const taken = end < 0 ? this.#records.length : end
    if (taken === 0) return []
    const records = this.#records.slice(0, taken)
    this.#bytes -= records.reduce((sum, record) => sum + recordSize(record), 0)
    this.#records = this.#records.slice(taken)
    this.#announce()
    return records
  }

  drop(isDropped: (record: FetchedRecord) => boolean): void {
    this.#records = this.#records.filter((record) => !isDropped(record))
    this.#bytes = this.#records.reduce((sum, record) => sum + recordSize(record), 0)
    this.#announce()
  }

  #announce(): void {
    this.#changed.resolve(undefined)
    this.#changed = Promise.withResolvers<unknown>()
  }
}
