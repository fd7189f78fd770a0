import { type Logger } from '../../runtime/log.ts'
import { type CutRules } from './cut-files.ts'
import { type InFlight } from './in-flight.ts'
import { type ObjectStore } from './object-store.ts'
import { OffsetCommitter, type TopicPartitionOffset } from './offset-committer.ts'
import { PartitionWriter } from './partition-writer.ts'

export interface AssignmentOptions {
  readonly rules: CutRules
  readonly storeFor: (signal: AbortSignal) => ObjectStore
  readonly inFlight: InFlight
  readonly commit: (offsets: TopicPartitionOffset[]) => Promise<void>
  readonly commitIntervalMs: number
  readonly log: Logger
  readonly onFailure: (error: unknown) => void
}

/** The partitions a task holds from one rebalance to the next, and all that is under way for them. */
export class Assignment {
  readonly #options: AssignmentOptions
  readonly #ending = new AbortController()
  readonly #store: ObjectStore
  readonly #committer: OffsetCommitter
  readonly #writers = new Map<string, { readonly writer: PartitionWriter; nextOffset: bigint }>()

  constructor(options: AssignmentOptions) {
    const { storeFor, commit, commitIntervalMs, log } = options
    this.#options = options
    this.#store = storeFor(this.#ending.signal)
    this.#committer = new OffsetCommitter({
      commit,
      intervalMs: commitIntervalMs,
      onError: (error) => {
        if (!this.signal.aborted) log.warn({ reason: String(error) }, 'offsets were not committed, trying again')
      },
      signal: this.signal,
    })
  }

  get signal(): AbortSignal {
    return this.#ending.signal
  }

  /**
   * The writer of a partition for its record at `offset`. An offset below the last one means that the partition's log began
   * anew (a topic made again, a log cut off): its writer begins anew with it.
   */
  writer(topic: string, partition: number, offset: bigint): PartitionWriter {
    const name = `${topic}-${String(partition)}`
    const held = this.#writers.get(name)
    if (held && offset >= held.nextOffset) {
      held.nextOffset = offset + 1n
      return held.writer
    }
    if (held) this.#options.log.warn({ topic, partition, offset: Number(offset) }, 'the partition begins anew')
    const writer = this.#newWriter(topic, partition)
    this.#writers.set(name, { writer, nextOffset: offset + 1n })
    return writer
  }

  /** Resolves when what is committable by now is committed. */
  async committed(): Promise<void> {
    await this.#committer.flushed()
  }

  /** Drops all that is under way: nothing of it is committed any more. */
  end(): void {
    this.#ending.abort()
  }

  #newWriter(topic: string, partition: number): PartitionWriter {
    const { rules, inFlight, onFailure } = this.#options
    const isCurrent = (): boolean =>
      !this.signal.aborted && this.#writers.get(`${topic}-${String(partition)}`)?.writer === writer
    const writer: PartitionWriter = new PartitionWriter({
      topic,
      partition,
      rules,
      store: this.#store,
      inFlight,
      onCommittable: (offset) => {
        if (isCurrent()) this.#committer.add(topic, partition, offset)
      },
      onFailure: (error) => {
        if (isCurrent()) onFailure(error)
      },
    })
    return writer
  }
}
