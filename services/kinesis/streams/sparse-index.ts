import { crc32 } from 'node:zlib'

/** Bytes of segment between two entries: what a read skips at most to find its first record. */
export const intervalBytes = 65_536
const magic = 0x504c_4931
const headerBytes = 32
const entryBytes = 24

/** What a whole segment holds. */
export interface SegmentSummary {
  readonly bytes: number
  readonly lastIndex: number
  readonly lastArrivedAtMs: number
}

/** Where some of a segment's records stand; index and arrival never fall along a segment. */
export class SparseIndex {
  readonly #recordIndexes: number[] = []
  readonly #arrivedAtMs: number[] = []
  readonly #offsets: number[] = []

  /** Notes a frame if the last noted one is far enough before it. */
  add(recordIndex: number, arrivedAtMs: number, offset: number): void {
    const last = this.#offsets.at(-1)
    if (last === undefined || offset - last >= intervalBytes) this.#push(recordIndex, arrivedAtMs, offset)
  }

  /** Offset of a frame at or before the first whose record index is at least this. */
  offsetOfIndex(recordIndex: number): number {
    return this.#offsets[lastAtMost(this.#recordIndexes, recordIndex)] ?? 0
  }

  /** Offset of a frame at or before the first that arrived at this time or later. */
  offsetOfTime(atMs: number): number {
    // several records may have arrived in one millisecond: only an earlier one surely stands before all of them
    return this.#offsets[lastAtMost(this.#arrivedAtMs, atMs - 1)] ?? 0
  }

  /** The file of a segment that is written to its end. */
  encode({ bytes, lastIndex, lastArrivedAtMs }: SegmentSummary): Buffer {
    const file = Buffer.alloc(headerBytes + this.#offsets.length * entryBytes)
    file.writeUInt32BE(magic, 0)
    file.writeDoubleBE(bytes, 8)
    file.writeDoubleBE(lastIndex, 16)
    file.writeDoubleBE(lastArrivedAtMs, 24)
    this.#offsets.forEach((offset, entry) => {
      const at = headerBytes + entry * entryBytes
      file.writeDoubleBE(this.#recordIndexes[entry] ?? 0, at)
      file.writeDoubleBE(this.#arrivedAtMs[entry] ?? 0, at + 8)
      file.writeDoubleBE(offset, at + 16)
    })
    file.writeUInt32BE(crc32(file.subarray(8)), 4)
    return file
  }

  /** What `encode` wrote, or undefined for anything else. */
  static decode(file: Buffer): { readonly index: SparseIndex; readonly summary: SegmentSummary } | undefined {
    if (file.length < headerBytes || (file.length - headerBytes) % entryBytes !== 0) return undefined
    if (file.readUInt32BE(0) !== magic || file.readUInt32BE(4) !== crc32(file.subarray(8))) return undefined
    const index = new SparseIndex()
    for (let at = headerBytes; at < file.length; at += entryBytes) {
      index.#push(file.readDoubleBE(at), file.readDoubleBE(at + 8), file.readDoubleBE(at + 16))
    }
    const summary = {
      bytes: file.readDoubleBE(8),
      lastIndex: file.readDoubleBE(16),
      lastArrivedAtMs: file.readDoubleBE(24),
    }
    return { index, summary }
  }

  #push(recordIndex: number, arrivedAtMs: number, offset: number): void {
    this.#recordIndexes.push(recordIndex)
    this.#arrivedAtMs.push(arrivedAtMs)
    this.#offsets.push(offset)
  }
}

/** Position of the last of the rising `values` that is at most `bound`, or -1. */
function lastAtMost(values: readonly number[], bound: number): number {
  let low = -1
  let high = values.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((values[middle] ?? Number.POSITIVE_INFINITY) <= bound) low = middle
    else high = middle - 1
  }
  return low
}
