import { setTimeout as sleep } from 'node:timers/promises'

export interface TopicPartitionOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: string
}

export interface OffsetCommitterOptions {
  readonly commit: (offsets: TopicPartitionOffset[]) => Promise<void>
  readonly onError: (error: unknown) => void
  /** Least time between the starts of two commits, so that a fast partition does not commit with every object. */
  readonly intervalMs: number
  /** Ends the wait between commits. */
  readonly signal: AbortSignal
}

/** Commits the newest offset of each partition: at once when idle, then one commit after the other, never two at a time. */
export class OffsetCommitter {
  readonly #options: OffsetCommitterOptions
  #waiting = new Map<string, TopicPartitionOffset>()
  #running: Promise<void> | undefined

  constructor(options: OffsetCommitterOptions) {
    this.#options = options
  }

  add(topic: string, partition: number, offset: bigint): void {
    this.#waiting.set(`${topic}-${String(partition)}`, { topic, partition, offset: offset.toString() })
    this.#running ??= this.#run()
  }

  /** Resolves when all offsets added so far are committed, or given up. */
  async flushed(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    const { commit, onError, intervalMs, signal } = this.#options
    await Promise.resolve() // offsets added in the same turn go together
    while (this.#waiting.size > 0 && !signal.aborted) {
      const pause = sleep(intervalMs, undefined, { signal }).catch(() => undefined)
      const batch = this.#waiting
      this.#waiting = new Map()
      try {
        await commit([...batch.values()])
      } catch (error) {
        onError(error)
        this.#waiting = new Map([...batch, ...this.#waiting])
      }
      await pause
    }
    this.#running = undefined
  }
}
