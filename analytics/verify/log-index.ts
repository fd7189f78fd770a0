import { type EntityName } from '../../contract/index.ts'
import { type KafkaMessage } from '../../clients/kafka.ts'
import { type PartitionRange } from './kafka-log.ts'
import { judge, type RecordKind } from './record-value.ts'

const kinds = ['absent', 'row', 'null', 'not JSON', 'no ind', 'a record of another table'] as const satisfies readonly (
  RecordKind | 'absent'
)[]
type IndexedKind = (typeof kinds)[number]

/**
 * What one partition holds, a few bytes a record. `absent` is an offset without a record: compacted away, or a transaction's
 * marker.
 */
export class PartitionLog {
  readonly entity: EntityName
  readonly range: PartitionRange
  /** Offsets that the dead letter topic holds. */
  readonly deadLettered = new Set<bigint>()
  readonly #kinds: Uint8Array
  readonly #inds: Int32Array
  readonly #valueDigests: BigUint64Array
  readonly #rowDigests: BigUint64Array
  /** How often the objects hold the record. */
  readonly #stored: Uint8Array

  constructor(entity: EntityName, range: PartitionRange) {
    const length = Number(range.end - range.start)
    this.entity = entity
    this.range = range
    this.#kinds = new Uint8Array(length)
    this.#inds = new Int32Array(length)
    this.#valueDigests = new BigUint64Array(length)
    this.#rowDigests = new BigUint64Array(length)
    this.#stored = new Uint8Array(length)
  }

  add(message: KafkaMessage): void {
    const at = this.#at(BigInt(message.offset))
    const { kind, ind, valueDigest, rowDigest } = judge(this.entity, message.value)
    this.#kinds[at] = kinds.indexOf(kind)
    this.#inds[at] = Number.isNaN(ind) ? 0 : ind
    this.#valueDigests[at] = valueDigest
    this.#rowDigests[at] = rowDigest
  }

  has(offset: bigint): boolean {
    return offset >= this.range.start && offset < this.range.end && this.kind(offset) !== 'absent'
  }

  kind(offset: bigint): IndexedKind {
    return kinds[this.#kinds[this.#at(offset)] ?? 0] ?? 'absent'
  }

  /** 0 for a record that is no row. */
  ind(offset: bigint): number {
    return this.#inds[this.#at(offset)] ?? 0
  }

  valueDigest(offset: bigint): bigint {
    return this.#valueDigests[this.#at(offset)] ?? 0n
  }

  rowDigest(offset: bigint): bigint {
    return this.#rowDigests[this.#at(offset)] ?? 0n
  }

  /** Whether the sink owes an object line for the record. */
  isWritable(offset: bigint): boolean {
    const kind = this.kind(offset)
    return kind !== 'absent' && kind !== 'null' && !this.deadLettered.has(offset)
  }

  markStored(offset: bigint): void {
    const at = this.#at(offset)
    const times = this.#stored[at] ?? 0
    if (times < 255) this.#stored[at] = times + 1
  }

  timesStored(offset: bigint): number {
    return this.#stored[this.#at(offset)] ?? 0
  }

  *offsets(): Generator<bigint> {
    for (let offset = this.range.start; offset < this.range.end; offset++) yield offset
  }

  /** The next `count` writable offsets from `offset` on: those of an object's lines. Fewer at the log's end. */
  writableFrom(offset: bigint, count: number): bigint[] {
    const found: bigint[] = []
    const from = offset < this.range.start ? this.range.start : offset
    for (let next = from; next < this.range.end && found.length < count; next++) {
      if (this.isWritable(next)) found.push(next)
    }
    return found
  }

  #at(offset: bigint): number {
    return Number(offset - this.range.start)
  }
}

/** Partitions of the three topics, by topic and partition. */
export class LogIndex {
  readonly partitions: readonly PartitionLog[]
  readonly #byPlace: ReadonlyMap<string, PartitionLog>

  constructor(partitions: readonly PartitionLog[]) {
    this.partitions = partitions
    this.#byPlace = new Map(partitions.map((log) => [`${log.range.topic} ${String(log.range.partition)}`, log]))
  }

  partition(topic: string, partition: number): PartitionLog | undefined {
    return this.#byPlace.get(`${topic} ${String(partition)}`)
  }
}
