import { Refused } from './http/refused.ts'
import { type Cluster, type Partition } from './kafka/cluster.ts'
import { isTopicName } from './topic-name.ts'

interface Known {
  readonly partitions: readonly Partition[] | undefined
  /** ms of the epoch. */
  readonly freshUntil: number
}

export interface TopicsOptions {
  readonly metadataTtlMs: number
  readonly unknownTopicTtlMs: number
}

/**
 * Which topics exist, remembered for a while: a produce need not ask the broker. A known topic is asked for again behind the
 * answer, so producing goes on while the broker is away; an unknown one before it.
 */
export class Topics {
  readonly #cluster: Cluster
  readonly #options: TopicsOptions
  readonly #known = new Map<string, Known>()
  readonly #asking = new Map<string, Promise<readonly Partition[] | undefined>>()

  constructor(cluster: Cluster, options: TopicsOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  /** @throws Refused topicNotFound, brokerUnavailable */
  async partitions(topic: string): Promise<readonly Partition[]> {
    if (!isTopicName(topic)) throw new Refused('topicNotFound')
    const known = this.#known.get(topic)
    const isStale = known === undefined || known.freshUntil < Date.now()
    if (known?.partitions !== undefined) {
      if (isStale) this.#ask(topic).catch(() => known)
      return known.partitions
    }
    const partitions = isStale ? await this.#ask(topic) : undefined
    if (partitions === undefined) throw new Refused('topicNotFound')
    return partitions
  }

  /** As `partitions`, from the broker itself. */
  async askPartitions(topic: string): Promise<readonly Partition[]> {
    const partitions = isTopicName(topic) ? await this.#ask(topic) : undefined
    if (partitions === undefined) throw new Refused('topicNotFound')
    return partitions
  }

  #ask(topic: string): Promise<readonly Partition[] | undefined> {
    const asking = this.#asking.get(topic) ?? this.#answer(topic)
    this.#asking.set(topic, asking)
    return asking
  }

  async #answer(topic: string): Promise<readonly Partition[] | undefined> {
    try {
      const partitions = await this.#cluster.partitions(topic)
      const { metadataTtlMs, unknownTopicTtlMs } = this.#options
      const ttlMs = partitions === undefined ? unknownTopicTtlMs : metadataTtlMs
      this.#remember(topic, { partitions, freshUntil: Date.now() + ttlMs })
      return partitions
    } finally {
      this.#asking.delete(topic)
    }
  }

  #remember(topic: string, known: Known): void {
    this.#known.delete(topic)
    this.#known.set(topic, known)
    // Bounded, as anybody can ask for any name: the one asked for longest ago goes.
    const [oldest] = this.#known.keys()
    if (this.#known.size > maxKnownTopics && oldest !== undefined) this.#known.delete(oldest)
  }
}

const maxKnownTopics = 1_000
