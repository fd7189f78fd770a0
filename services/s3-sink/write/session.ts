import { setTimeout as sleep } from 'node:timers/promises'
import {
  KafkaJSError,
  type Consumer,
  type EachBatchPayload,
  type Kafka,
  type KafkaMessage,
} from '../../../clients/kafka.ts'
import { type Logger } from '../../runtime/log.ts'
import { type ConnectorSettings } from '../settings/settings.ts'
import { Assignment } from './assignment.ts'
import { convert } from './converter.ts'
import { type DeadLetters } from './dead-letters.ts'
import { InFlight } from './in-flight.ts'
import { type S3ObjectStore } from './object-store.ts'
import { nullNotWritable, skippedNullError, toleranceExceeded, type RecordError } from './record-error.ts'

/** Bounds on what one task has under way to the store; with three tasks within the 64 sockets of the client. */
const inFlightLimits = { maxObjects: 20, maxBytes: 16 * 1024 * 1024 }
/** Least time between two commits of a task. */
const commitIntervalMs = 100
/** While a task waits for its store it shows the broker this often that it lives. */
const heartbeatMs = 500
/** How long a stop waits for what is under way to be stored and committed; what is not is stored again, the same, next time. */
const drainMs = 4_000
const disconnectMs = 2_000
const reconnectMs = 500

export interface SessionOptions {
  readonly settings: ConnectorSettings
  readonly groupId: string
  readonly topics: readonly string[]
  readonly sessionTimeoutMs: number
  readonly kafka: Kafka
  readonly storeFor: (signal: AbortSignal) => S3ObjectStore
  /** Opened by the session when the connector has a dead letter topic; closed by it too. */
  readonly openDeadLetters: (() => Promise<DeadLetters>) | undefined
  readonly log: Logger
  readonly onTopic: (topic: string) => void
  /** The session cannot go on; it must be closed by its owner. */
  readonly onFailure: (error: unknown) => void
}

/**
 * One membership of a task in its consumer group, from joining to leaving: reads batches, hands records to the writers of their
 * partitions, and reads no further while too much is under way. A rebalance begins with fresh writers from the committed
 * offsets; what was under way is dropped, as the same objects come again.
 */
export class Session {
  readonly #options: SessionOptions
  readonly #inFlight = new InFlight(inFlightLimits)
  readonly #closing = new AbortController()
  readonly #left = Promise.withResolvers<undefined>()
  #hasLeft = false
  #consumer: Consumer | undefined
  #deadLetters: DeadLetters | undefined
  #assignment: Assignment | undefined
  #started: Promise<void> | undefined

  constructor(options: SessionOptions) {
    this.#options = options
  }

  #isClosing(): boolean {
    return this.#closing.signal.aborted
  }

  /** Joins in the background, trying again until the store and the brokers answer. */
  start(): void {
    this.#started = this.#join().catch((error: unknown) => {
      if (!this.#isClosing()) this.#options.onFailure(error)
    })
  }

  /** Stores and commits what is under way, within bounds, then leaves the group. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosing()) return this.#left.promise.then(() => undefined)
    this.#closing.abort()
    await within(drainMs, this.#drained())
    this.#assignment?.end()
    this.#hasLeft = true
    this.#left.resolve(undefined)
    await within(disconnectMs, Promise.all([this.#consumer?.disconnect(), this.#started]))
    await within(disconnectMs, this.#deadLetters?.[Symbol.asyncDispose]())
  }

  async #drained(): Promise<void> {
    await this.#inFlight.empty()
    await this.#assignment?.committed()
  }

  async #join(): Promise<void> {
    const { storeFor, openDeadLetters, log, topics } = this.#options
    const { signal } = this.#closing
    await storeFor(signal).checkBucket()
    while (!signal.aborted) {
      try {
        this.#deadLetters ??= await openDeadLetters?.()
        await this.#consume(topics)
        return
      } catch (error) {
        if (!(error instanceof KafkaJSError)) throw error
        log.warn({ reason: error.message }, 'the brokers do not answer, trying again')
        await within(disconnectMs, this.#consumer?.disconnect())
        await sleep(reconnectMs, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  async #consume(topics: readonly string[]): Promise<void> {
    const { kafka, groupId, sessionTimeoutMs, settings } = this.#options
    const consumer = kafka.consumer({
      groupId,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: 30_000,
      heartbeatInterval: Math.min(heartbeatMs, sessionTimeoutMs / 4),
      maxWaitTimeInMs: 250, // a commit waits behind a fetch on the same connection
      maxBytesPerPartition: 512 * 1024,
      maxBytes: 4 * 1024 * 1024,
      readUncommitted: true, // Connect's consumers do
      allowAutoTopicCreation: false,
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 1_000,
        retries: 5,
        restartOnFailure: () => Promise.resolve(!this.#isClosing()),
      },
    })
    this.#consumer = consumer
    consumer.on(consumer.events.GROUP_JOIN, () => {
      this.#assignment?.end()
      this.#assignment = this.#newAssignment(consumer)
    })
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      if (this.#isClosing()) return
      if (restart) this.#options.log.warn({ reason: error.message }, 'the brokers were lost, joining again')
      else this.#options.onFailure(error)
    })
    await consumer.connect()
    await consumer.subscribe({ topics: [...topics], fromBeginning: settings.fromBeginning })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async (payload) => this.#eachBatch(payload),
    })
  }

  #newAssignment(consumer: Consumer): Assignment {
    const { settings, storeFor, log, onFailure } = this.#options
    return new Assignment({
      rules: settings,
      storeFor,
      inFlight: this.#inFlight,
      commit: async (offsets) => consumer.commitOffsets(offsets),
      commitIntervalMs,
      log,
      onFailure,
    })
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    const assignment = this.#assignment
    const { topic, partition, messages } = payload.batch
    const heartbeat = async (): Promise<void> => payload.heartbeat()
    if (!assignment || this.#isClosing()) return this.#untilLeft(heartbeat)
    this.#options.onTopic(topic)
    let lastOffset: string | undefined
    const skipped = { count: 0, firstOffset: '' }
    try {
      for (const message of messages) {
        if (this.#isClosing()) break
        const error = this.#write(assignment, topic, partition, message)
        lastOffset = message.offset
        if (error && skipped.count++ === 0) skipped.firstOffset = message.offset
        if (this.#inFlight.isFull()) await this.#untilRoom(heartbeat)
      }
    } catch (error) {
      if (error instanceof KafkaJSError) {
        await within(drainMs / 4, this.#drained()) // a rebalance: what is committed before it need not be stored again
        throw error
      }
      this.#options.onFailure(error)
    } finally {
      if (lastOffset !== undefined) payload.resolveOffset(lastOffset)
      if (skipped.count > 0)
        this.#options.log.warn({ topic, partition, ...skipped }, 'skipped records that cannot be written')
    }
  }

  /** @returns why the record is skipped, if it is @throws TaskFailure when it may not be skipped */
  #write(assignment: Assignment, topic: string, partition: number, message: KafkaMessage): RecordError | undefined {
    const { settings } = this.#options
    const converted = convert(message, settings)
    const writer = assignment.writer(topic, partition, BigInt(message.offset))
    if ('line' in converted) {
      writer.add({ offset: BigInt(message.offset), timestampMs: Number(message.timestamp), line: converted.line })
      return undefined
    }
    const place = `topic ${topic}, partition ${String(partition)}, offset ${message.offset}`
    const isNull = 'isNull' in converted
    if (isNull && settings.nullValues === 'fail') throw nullNotWritable(place)
    const error = isNull ? skippedNullError : converted.error
    if (!isNull && !settings.skipsErrors) throw toleranceExceeded(error, place)
    const deadLetters = isNull && !this.#deadLetters?.takesNullValues ? undefined : this.#deadLetters
    const sent = deadLetters?.send({ topic, partition, message }, error, assignment.signal) ?? Promise.resolve()
    this.#inFlight.add(message.value?.length ?? 0, sent)
    writer.skip(BigInt(message.offset), sent)
    return error
  }

  async #untilRoom(heartbeat: () => Promise<void>): Promise<void> {
    while (this.#inFlight.isFull() && !this.#isClosing()) {
      await within(heartbeatMs, this.#inFlight.freed())
      await heartbeat()
    }
  }

  /** A member that is leaving takes no more records, and must not be thought dead while its last ones are stored. */
  async #untilLeft(heartbeat: () => Promise<void>): Promise<void> {
    while (!this.#hasLeft) {
      await within(heartbeatMs, this.#left.promise)
      await heartbeat()
    }
  }
}

/** Waits for `work`, but no longer than `limitMs`; its failure is its owner's to tell. */
async function within(limitMs: number, work: Promise<unknown> | undefined): Promise<void> {
  if (!work) return
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const done = (): void => {
    resolve(undefined)
  }
  const timer = setTimeout(done, limitMs)
  work.then(done, done)
  await promise
  clearTimeout(timer)
}
