import { setTimeout as delay } from 'node:timers/promises'
import { type Consumer, type EachBatchPayload, kafkaClient } from '../../../clients/kafka.ts'
import { type Logger } from '../../runtime/log.ts'
import { type RecordBuffer } from '../consume/record-buffer.ts'

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface GroupConsumerOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly groupId: string
  readonly fromBeginning: boolean
}

const sessionTimeoutMs = 10_000
const heartbeatIntervalMs = 1_000

/** A member of a consumer group that fetches into a buffer and stands still while the buffer is full. Offsets are committed only when asked. */
export class GroupConsumer implements AsyncDisposable {
  readonly #consumer: Consumer
  readonly #buffer: RecordBuffer
  readonly #joined = Promise.withResolvers<unknown>()
  #assignment: TopicPartition[] = []
  #isClosed = false

  /** @param onAssignment called at each rebalance; what was fetched before is no longer this member's to hand out. */
  constructor(options: GroupConsumerOptions, buffer: RecordBuffer, onAssignment: () => void, log: Logger) {
    this.#buffer = buffer
    this.#consumer = kafkaClient({ brokers: options.brokers, clientId: options.clientId }).consumer({
      groupId: options.groupId,
      allowAutoTopicCreation: false,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: heartbeatIntervalMs,
      // How long a fetch waits at the broker, which is how long a member takes to leave.
      maxWaitTimeInMs: 200,
      maxBytes: 2 * 1024 * 1024,
      retry: { retries: 5, restartOnFailure: () => Promise.resolve(true) },
    })
    this.#consumer.on('consumer.group_join', ({ payload }) => {
      this.#assignment = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      )
      onAssignment()
      this.#joined.resolve(undefined)
    })
    this.#consumer.on('consumer.crash', ({ payload }) => {
      log.warn({ group: options.groupId, reason: payload.error.message }, 'consumer starts again')
    })
  }

  get assignment(): readonly TopicPartition[] {
    return this.#assignment
  }

  isAssigned({ topic, partition }: TopicPartition): boolean {
    return this.#assignment.some((one) => one.topic === topic && one.partition === partition)
  }

  async start(topics: readonly string[], fromBeginning: boolean): Promise<void> {
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topics: [...topics], fromBeginning })
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.#bufferBatch(payload),
    })
  }

  /** Resolves at the first assignment, or after `timeoutMs`. */
  async whenJoined(timeoutMs: number): Promise<void> {
    const timeout = new AbortController()
    await Promise.race([this.#joined.promise, delay(timeoutMs, undefined, { signal: timeout.signal, ref: false })])
    timeout.abort()
  }

  async #bufferBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload
    for (const message of batch.messages) {
      while (!this.#buffer.hasRoom && this.#isCurrent(payload)) {
        const wake = new AbortController()
        await Promise.race([
          this.#buffer.changed,
          delay(heartbeatIntervalMs, undefined, { signal: wake.signal, ref: false }),
        ])
        wake.abort()
        await payload.heartbeat()
      }
      if (!this.#isCurrent(payload)) return
      this.#buffer.put({
        topic: batch.topic,
        partition: batch.partition,
        offset: BigInt(message.offset),
        key: message.key,
        value: message.value,
      })
      payload.resolveOffset(message.offset)
    }
    await payload.heartbeat()
  }

  #isCurrent(payload: EachBatchPayload): boolean {
    return !this.#isClosed && payload.isRunning() && !payload.isStale()
  }

  /** The next fetch of this partition starts at `offset`; what was fetched of it is dropped. */
  seek({ topic, partition }: TopicPartition, offset: bigint): void {
    this.#consumer.seek({ topic, partition, offset: String(offset) })
    this.#buffer.drop((record) => record.topic === topic && record.partition === partition)
  }

  async commit(offsets: readonly (TopicPartition & { offset: bigint; metadata?: string | null })[]): Promise<void> {
    await this.#consumer.commitOffsets(
      offsets.map(({ topic, partition, offset, metadata }) => ({
        topic,
        partition,
        offset: String(offset),
        ...(metadata === undefined ? {} : { metadata }),
      })),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#buffer.drop(() => true)
    await this.#consumer.disconnect()
  }
}
