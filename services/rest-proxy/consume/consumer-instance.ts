import { restProxyLimits } from '../../../contract/limits.ts'
import { type Logger } from '../../runtime/log.ts'
import { type Loan } from '../http/budget.ts'
import { Refused } from '../http/refused.ts'
import { type Cluster } from '../kafka/cluster.ts'
import { GroupConsumer, type TopicPartition } from '../kafka/group-consumer.ts'
import { type InstanceSettings } from './consumer-request.ts'
import { readRecords } from './read-records.ts'
import { type FetchedRecord, RecordBuffer } from './record-buffer.ts'
import { sameTopics, type Subscription, topicsOf } from './subscription.ts'

export interface InstanceContext {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly cluster: Cluster
  readonly log: Logger
  readonly maxBufferBytes: number
  /** Largest answer to one read. */
  readonly maxResponseBytes: number
}

export interface CommittedOffset extends TopicPartition {
  readonly offset: bigint
  readonly metadata?: string | null
}

/** How long a request waits for a group to take its new member in. */
const joinTimeoutMs = 10_000
/** How often a subscription to topics that are not there, or by a pattern, is looked at again. */
const resolveIntervalMs = 1_000

const notSubscribed = 'Consumer is not subscribed to any topics or assigned any partitions'

/** One consumer instance of the v2 API: a subscription, what was fetched for it, and how far the client has read. */
export class ConsumerInstance implements AsyncDisposable {
  readonly group: string
  readonly name: string
  readonly settings: InstanceSettings
  readonly #context: InstanceContext
  readonly #buffer: RecordBuffer
  /** Next offset after the last record handed out, by partition. */
  readonly #positions = new Map<string, CommittedOffset>()
  #subscription: Subscription | undefined
  #consumer: GroupConsumer | undefined
  #consumed: readonly string[] = []
  #resolvedAt = 0
  #resolving: Promise<void> | undefined
  #committedAt = Date.now()

  constructor(group: string, name: string, settings: InstanceSettings, context: InstanceContext) {
    this.group = group
    this.name = name
    this.settings = settings
    this.#context = context
    this.#buffer = new RecordBuffer(context.maxBufferBytes)
  }

  /** Topics as they were asked for, or those that the pattern matches now. */
  get subscription(): readonly string[] {
    return this.#subscription?.kind === 'topics' ? this.#subscription.topics : this.#consumed
  }

  get assignment(): readonly TopicPartition[] {
    return this.#consumer?.assignment ?? []
  }

  /** Joins the group at once; a topic that does not exist yet is waited for. */
  async subscribe(subscription: Subscription): Promise<void> {
    if (this.#subscription !== undefined && this.#subscription.kind !== subscription.kind) {
      throw new Refused('illegalState', 'Subscription to topics, partitions and pattern are mutually exclusive')
    }
    this.#subscription = subscription
    await this.#resolve()
  }

  async unsubscribe(): Promise<void> {
    this.#subscription = undefined
    await this.#leave()
  }

  #resolve(): Promise<void> {
    this.#resolving ??= this.#follow().finally(() => {
      this.#resolving = undefined
    })
    return this.#resolving
  }

  /** Brings the group membership in line with the subscription. */
  async #follow(): Promise<void> {
    const subscription = this.#subscription
    if (subscription === undefined) return
    const topics = topicsOf(subscription, await this.#context.cluster.topics())
    this.#resolvedAt = Date.now()
    if (this.#consumer !== undefined && sameTopics(topics, this.#consumed)) return
    await this.#leave()
    if (topics.length === 0) return
    const { brokers, clientId, log } = this.#context
    const { fromBeginning } = this.settings
    const consumer = new GroupConsumer(
      { brokers, clientId, groupId: this.group, fromBeginning },
      this.#buffer,
      () => {
        this.#buffer.drop(() => true)
        this.#positions.clear()
      },
      log,
    )
    try {
      await consumer.start(topics, fromBeginning)
    } catch (error) {
      await consumer[Symbol.asyncDispose]()
      throw error
    }
    this.#consumer = consumer
    this.#consumed = topics
  }

  async #leave(): Promise<void> {
    const consumer = this.#consumer
    if (consumer === undefined) return
    if (this.settings.autoCommit) await this.#tryCommit(consumer)
    this.#consumer = undefined
    this.#consumed = []
    this.#positions.clear()
    await consumer[Symbol.asyncDispose]()
  }

  /**
   * Records as JSON texts, see `readRecords`. What the client gets is read: a commit covers it.
   *
   * @throws Refused serialization, kafka
   */
  async read({ timeoutMs, maxBytes }: { timeoutMs: number; maxBytes: number }, loan: Loan): Promise<string[]> {
    if (this.#subscription === undefined) throw new Refused('kafka', notSubscribed)
    const limits = {
      deadline: Date.now() + Math.min(timeoutMs, this.settings.requestTimeoutMs),
      maxBytes: Math.min(maxBytes, this.#context.maxResponseBytes),
      minBytes: this.settings.fetchMinBytes,
    }
    await this.#followAgain()
    const answer = await readRecords(this.#buffer, this.settings.format, limits, loan, (record) => {
      this.#advance(record)
    })
    await this.#autoCommit()
    return answer
  }

  async #followAgain(): Promise<void> {
    const isSettled = this.#subscription?.kind === 'topics' && this.#consumed.length === this.subscription.length
    if (isSettled || Date.now() - this.#resolvedAt < resolveIntervalMs) return
    await this.#resolve()
  }

  #advance({ topic, partition, offset }: FetchedRecord): void {
    this.#positions.set(`${topic}/${String(partition)}`, { topic, partition, offset: offset + 1n })
  }

  async #autoCommit(): Promise<void> {
    if (!this.settings.autoCommit || this.#consumer === undefined) return
    if (Date.now() - this.#committedAt < restProxyLimits.autoCommitIntervalMs) return
    await this.#tryCommit(this.#consumer)
  }

  async #tryCommit(consumer: GroupConsumer): Promise<void> {
    this.#committedAt = Date.now()
    try {
      if (this.#positions.size > 0) await consumer.commit([...this.#positions.values()])
    } catch (error) {
      this.#context.log.warn({ err: error, group: this.group }, 'auto commit failed; the next one covers it')
    }
  }

  /** Commits the given offsets, or how far the client has read. */
  async commit(offsets?: readonly CommittedOffset[]): Promise<void> {
    const wanted = offsets ?? [...this.#positions.values()]
    if (wanted.length === 0) return
    if (this.#consumer === undefined) throw new Refused('illegalState', notSubscribed)
    await this.#consumer.whenJoined(joinTimeoutMs)
    await this.#consumer.commit(wanted)
  }

  /** @throws Refused illegalState for a partition that is not this instance's */
  async seek(targets: readonly (TopicPartition & { offset: bigint })[]): Promise<void> {
    const consumer = this.#consumer
    await consumer?.whenJoined(joinTimeoutMs)
    const stranger = targets.find((target) => consumer?.isAssigned(target) !== true)
    if (stranger !== undefined || consumer === undefined) {
      const name = stranger === undefined ? '' : ` for partition ${stranger.topic}-${String(stranger.partition)}`
      throw new Refused('illegalState', `No current assignment${name}`)
    }
    for (const target of targets) {
      consumer.seek(target, target.offset)
      this.#positions.set(`${target.topic}/${String(target.partition)}`, target)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#subscription = undefined
    await this.#resolving
    await this.#leave()
  }
}
