import { type Batch, type Entry } from './entry.ts'

export interface FlightLimits {
  /** Of one partition's batch; a larger record goes alone. */
  readonly maxBatchBytes: number
  readonly maxBatchRecords: number
  readonly maxFlightBytes: number
}

interface Lane {
  readonly topic: string
  readonly partition: number
  entries: Entry[]
  bytes: number
}

/**
 * Records that wait for the next flight, in a queue a partition. A flight takes from the front of every queue, so the order
 * within a partition is the order of arrival. Records without a key go to one partition of their topic until it departs or is
 * full, then to the next: batches stay large and partitions even (Java's sticky partitioner).
 */
export class Lanes {
  readonly #limits: FlightLimits
  readonly #lanes = new Map<string, Lane>()
  readonly #sticky = new Map<string, number>()
  /** Partitions of flights under way: nothing more of them departs until they are back, so that order is kept. */
  readonly #away = new Set<string>()

  constructor(limits: FlightLimits) {
    this.#limits = limits
  }

  /** Whether a flight could depart now. */
  get isReady(): boolean {
    return this.#lanes.keys().some((name) => !this.#away.has(name))
  }

  /** Partition for a record without a key. */
  stickyPartition(topic: string, partitions: number): number {
    const current = (this.#sticky.get(topic) ?? 0) % partitions
    const waitingBytes = this.#lanes.get(laneName(topic, current))?.bytes ?? 0
    const sticky = waitingBytes < this.#limits.maxBatchBytes ? current : (current + 1) % partitions
    this.#sticky.set(topic, sticky)
    return sticky
  }

  add(entry: Entry): void {
    const name = laneName(entry.topic, entry.partition)
    const lane = this.#lanes.get(name) ?? { topic: entry.topic, partition: entry.partition, entries: [], bytes: 0 }
    this.#lanes.set(name, lane)
    lane.entries.push(entry)
    lane.bytes += entry.bytes
  }

  /** Takes the next flight: at most one batch a partition; empty when nothing waits. Settled records are left behind. */
  take(): Batch[] {
    const flight: Batch[] = []
    let flightBytes = 0
    for (const [name, lane] of [...this.#lanes]) {
      if (flightBytes >= this.#limits.maxFlightBytes) break
      if (this.#away.has(name)) continue
      const entries = this.#takeBatch(lane)
      this.#lanes.delete(name)
      // To the end of the line, so that a busy partition does not keep others from a full flight.
      if (lane.entries.length > 0) this.#lanes.set(name, lane)
      if (entries.length === 0) continue
      flightBytes += entries.reduce((sum, { bytes }) => sum + bytes, 0)
      flight.push({ topic: lane.topic, partition: lane.partition, entries })
      this.#away.add(name)
      if (this.#sticky.get(lane.topic) === lane.partition) this.#sticky.set(lane.topic, lane.partition + 1)
    }
    return flight
  }

  #takeBatch(lane: Lane): Entry[] {
    const { maxBatchBytes, maxBatchRecords } = this.#limits
    const batch: Entry[] = []
    let batchBytes = 0
    let taken = 0
    for (const entry of lane.entries) {
      if (!entry.isSettled) {
        if (batch.length > 0 && (batchBytes + entry.bytes > maxBatchBytes || batch.length >= maxBatchRecords)) break
        batch.push(entry)
        batchBytes += entry.bytes
      }
      taken += 1
      lane.bytes -= entry.bytes
    }
    lane.entries = taken === lane.entries.length ? [] : lane.entries.slice(taken)
    return batch
  }

  /** To be called when the flight's batches are settled. */
  back(flight: readonly Batch[]): void {
    for (const { topic, partition } of flight) this.#away.delete(laneName(topic, partition))
  }

  /** Lets go of settled records, which wait for nothing. */
  dropSettled(): void {
    for (const [name, lane] of this.#lanes) {
      lane.entries = lane.entries.filter(({ isSettled }) => !isSettled)
      lane.bytes = lane.entries.reduce((sum, { bytes }) => sum + bytes, 0)
      if (lane.entries.length === 0) this.#lanes.delete(name)
    }
  }
}

const laneName = (topic: string, partition: number): string => `${topic}/${String(partition)}`
