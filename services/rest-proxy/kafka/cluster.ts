import { type Admin, ConfigResourceTypes, kafkaClient } from '../../../clients/kafka.ts'
import { type Logger } from '../../runtime/log.ts'
import { Refused } from '../http/refused.ts'
import { isUnknownTopic, refusalOf } from './failures.ts'

export interface Partition {
  readonly partition: number
  /** Broker id, -1 where there is none. */
  readonly leader: number
  readonly replicas: readonly number[]
  readonly inSync: readonly number[]
}

export interface ClusterOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly adminTimeoutMs: number
}

/** Questions to the broker, each answered within `adminTimeoutMs` or refused (503/50302). */
export class Cluster implements AsyncDisposable {
  readonly #options: ClusterOptions
  readonly #log: Logger
  #admin: Admin | undefined

  constructor(options: ClusterOptions, log: Logger) {
    this.#options = options
    this.#log = log
  }

  /** Topics but Kafka's own, in name order. */
  async topics(): Promise<string[]> {
    const names = await this.ask((admin) => admin.listTopics())
    return names.filter((name) => !isInternal(name)).sort()
  }

  /** Partitions in order; undefined for a topic that does not exist. */
  async partitions(topic: string): Promise<Partition[] | undefined> {
    const { topics } = await this.ask(async (admin) => {
      try {
        return await admin.fetchTopicMetadata({ topics: [topic] })
      } catch (error) {
        if (isUnknownTopic(error)) return { topics: [] }
        throw error
      }
    })
    return topics
      .find(({ name }) => name === topic)
      ?.partitions.map(({ partitionId, leader, replicas, isr }) => ({
        partition: partitionId,
        leader,
        replicas,
        inSync: isr,
      }))
      .sort((a, b) => a.partition - b.partition)
  }

  /** First offset and the next one to be written, by partition. */
  async offsets(topic: string): Promise<Map<number, { beginning: bigint; end: bigint }>> {
    const offsets = await this.ask((admin) => admin.fetchTopicOffsets(topic))
    return new Map(
      offsets.map(({ partition, low, high }) => [partition, { beginning: BigInt(low), end: BigInt(high) }]),
    )
  }

  async configs(topic: string): Promise<Record<string, string>> {
    const { resources } = await this.ask((admin) =>
      admin.describeConfigs({ includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }] }),
    )
    return Object.fromEntries(
      (resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]),
    )
  }

  async describe(): Promise<{ clusterId: string; controller: number | null; brokerIds: number[] }> {
    const { clusterId, controller, brokers } = await this.ask((admin) => admin.describeCluster())
    return { clusterId, controller, brokerIds: brokers.map(({ nodeId }) => nodeId).sort((a, b) => a - b) }
  }

  /** @throws Refused brokerUnavailable, kafka, kafkaRetriable */
  async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = (this.#admin ??= this.#open())
    const { promise: timeout, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      reject(new Refused('brokerUnavailable', `no answer within ${String(this.#options.adminTimeoutMs)} ms`))
    }, this.#options.adminTimeoutMs)
    try {
      return await Promise.race([admin.connect().then(() => question(admin)), timeout])
    } catch (error) {
      // The client keeps asking for every topic it was ever asked for, also a deleted one: it is not used again.
      this.#giveUp(admin)
      throw refusalOf(error)
    } finally {
      clearTimeout(timer)
    }
  }

  #open(): Admin {
    const { brokers, clientId, adminTimeoutMs } = this.#options
    return kafkaClient({
      brokers,
      clientId: `${clientId}-admin`,
      overrides: {
        connectionTimeout: Math.min(2_000, adminTimeoutMs),
        requestTimeout: adminTimeoutMs,
        retry: { initialRetryTime: 50, maxRetryTime: 400, retries: 5 },
      },
    }).admin()
  }

  #giveUp(admin: Admin): void {
    if (this.#admin === admin) this.#admin = undefined
    admin.disconnect().catch((error: unknown) => {
      this.#log.debug({ err: error }, 'a given-up admin client did not close in order')
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#admin?.disconnect()
  }
}

export const isInternal = (topic: string): boolean => topic.startsWith('__')
