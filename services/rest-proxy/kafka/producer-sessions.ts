import { setTimeout as delay } from 'node:timers/promises'
import { kafkaClient, type Producer } from '../../../clients/kafka.ts'
import { type Logger } from '../../runtime/log.ts'
import { type Batch } from '../produce/entry.ts'
import { ProduceFailure, type ProducerPort, type ProducerSession } from '../produce/producer-port.ts'
import { produceFailure } from './failures.ts'
import { topicMessages } from './topic-messages.ts'

export interface ProducerOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly produceTimeoutMs: number
}

/** Short, as a broker that comes back should be noticed soon, and it is a single one on this machine. */
const reconnectMs = { first: 50, most: 400 }

/** Idempotent producers of the client library, one at a time; a retired one is closed in the background. */
export class ProducerSessions implements ProducerPort, AsyncDisposable {
  readonly #options: ProducerOptions
  readonly #log: Logger
  readonly #closing = new Set<Promise<void>>()
  #current: Promise<KafkaProducerSession> | undefined

  constructor(options: ProducerOptions, log: Logger) {
    this.#options = options
    this.#log = log
  }

  session(signal: AbortSignal): Promise<ProducerSession> {
    if (this.#current === undefined) {
      this.#current = this.#open(signal)
      this.#current.catch(() => {
        this.#current = undefined
      })
    }
    return this.#current
  }

  async #open(signal: AbortSignal): Promise<KafkaProducerSession> {
    for (let waitMs = reconnectMs.first; ; waitMs = Math.min(waitMs * 2, reconnectMs.most)) {
      signal.throwIfAborted()
      const session = new KafkaProducerSession(this.#options)
      try {
        await session.connect()
        this.#log.info('producer connected')
        return session
      } catch (error) {
        this.#log.debug({ err: error }, 'the producer cannot connect yet')
        this.#close(session)
        await delay(waitMs, undefined, { signal })
      }
    }
  }

  retire(session: ProducerSession, reason: Error): void {
    if (!(session instanceof KafkaProducerSession)) return
    this.#current = undefined
    this.#log.warn({ reason: reason.message }, 'producer given up after a flight without an answer; taking a new one')
    this.#close(session)
  }

  #close(session: KafkaProducerSession): void {
    const closed = session
      .close()
      .catch((error: unknown) => {
        this.#log.debug({ err: error }, 'a given-up producer did not close in order')
      })
      .finally(() => this.#closing.delete(closed))
    this.#closing.add(closed)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const current = this.#current
    this.#current = undefined
    if (current !== undefined) {
      await current.then(
        (session) => {
          this.#close(session)
        },
        (error: unknown) => {
          this.#log.debug({ err: error }, 'stopped while connecting the producer')
        },
      )
    }
    await Promise.all(this.#closing)
  }
}

class KafkaProducerSession implements ProducerSession {
  readonly #producer: Producer
  readonly #produceTimeoutMs: number
  /** ms of the epoch; 0 once closed. */
  #deadline = 0

  constructor({ brokers, clientId, produceTimeoutMs }: ProducerOptions) {
    this.#produceTimeoutMs = produceTimeoutMs
    // The client reconnects within one attempt, so it is these tries that have to last for the whole of a produce.
    const reconnects = Math.ceil(produceTimeoutMs / reconnectMs.most) + 3
    this.#producer = kafkaClient({
      brokers,
      clientId,
      overrides: {
        connectionTimeout: Math.min(2_000, produceTimeoutMs),
        requestTimeout: produceTimeoutMs,
        retry: { initialRetryTime: reconnectMs.first, maxRetryTime: reconnectMs.most, retries: reconnects },
      },
    }).producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      retry: { retries: 8 },
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition ?? 0,
    })
  }

  async connect(): Promise<void> {
    await this.#producer.connect()
  }

  async send(batches: readonly Batch[], deadline: number): Promise<bigint[]> {
    this.#deadline = deadline
    try {
      const acknowledged = await this.#producer.sendBatch({
        acks: -1,
        timeout: this.#produceTimeoutMs,
        topicMessages: topicMessages(batches, () => {
          if (Date.now() <= this.#deadline) return
          throw new ProduceFailure('unknown', 'The broker did not acknowledge in time.', { isRetriable: true })
        }),
      })
      return batches.map(({ topic, partition }) => {
        const answer = acknowledged.find((one) => one.topicName === topic && one.partition === partition)
        // The client leaves out, in silence, a partition that its metadata lack.
        if (answer?.baseOffset === undefined) {
          throw new ProduceFailure('unknown', 'The broker does not know this partition.', { isRetriable: true })
        }
        return BigInt(answer.baseOffset)
      })
    } catch (error) {
      throw produceFailure(error)
    }
  }

  async close(): Promise<void> {
    this.#deadline = 0
    await this.#producer.disconnect()
  }
}
