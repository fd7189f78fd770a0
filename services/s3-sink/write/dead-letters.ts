import { setTimeout as sleep } from 'node:timers/promises'
import {
  KafkaJSProtocolError,
  type Admin,
  type IHeaders,
  type Kafka,
  type KafkaMessage,
  type Producer,
} from '../../../clients/kafka.ts'
import { type Logger } from '../../runtime/log.ts'
import { type DeadLetterSettings } from '../settings/settings.ts'
import { javaTrace, TaskFailure, type RecordError } from './record-error.ts'

const retryMs = 1_000

export interface RecordPlace {
  readonly topic: string
  readonly partition: number
  readonly message: KafkaMessage
}

/** The topic that takes a connector's records in error, with their bytes as they were and headers that say why. */
export class DeadLetters implements AsyncDisposable {
  readonly #settings: DeadLetterSettings
  readonly #producer: Producer
  readonly #source: { readonly connector: string; readonly taskId: number }
  readonly #log: Logger

  private constructor(
    producer: Producer,
    {
      settings,
      source,
      log,
    }: { settings: DeadLetterSettings; source: { connector: string; taskId: number }; log: Logger },
  ) {
    this.#producer = producer
    this.#settings = settings
    this.#source = source
    this.#log = log
  }

  /** Connects, and makes the topic (one partition, as Connect does) where it is missing. */
  static async open(
    kafka: Kafka,
    options: { settings: DeadLetterSettings; source: { connector: string; taskId: number }; log: Logger },
  ): Promise<DeadLetters> {
    const admin = kafka.admin()
    try {
      await admin.connect()
      await ensureTopic(admin, options.settings)
    } finally {
      await admin.disconnect()
    }
    const producer = kafka.producer({ allowAutoTopicCreation: false })
    await producer.connect()
    return new DeadLetters(producer, options)
  }

  get takesNullValues(): boolean {
    return this.#settings.takesNullValues
  }

  /**
   * Resolves once the topic's brokers have acknowledged the record. One that they refuse (too large with its headers) is
   * logged and passed over, as Connect does: it must not hold up all others. Brokers that do not answer are waited for.
   */
  async send(place: RecordPlace, error: RecordError, signal: AbortSignal): Promise<void> {
    const { topic, withHeaders } = this.#settings
    const { key, value, timestamp, headers = {} } = place.message
    const reasons = withHeaders ? this.#reasons(place, error) : {}
    const messages = [{ key, value, timestamp, headers: { ...headers, ...reasons } }]
    for (;;) {
      try {
        await this.#producer.send({ topic, acks: -1, messages })
        return
      } catch (failure) {
        const { topic: from, partition, message } = place
        const refusal = rootCause(failure)
        const detail = { topic: from, partition, offset: message.offset, reason: String(refusal) }
        if (refusal instanceof KafkaJSProtocolError && !refusal.retriable) {
          this.#log.error(detail, 'the dead letter topic refused a record')
          return
        }
        this.#log.warn(detail, 'the dead letter topic does not answer, trying again')
        await sleep(retryMs, undefined, { signal })
      }
    }
  }

  #reasons({ topic, partition, message }: RecordPlace, { stage, workingClass, exception }: RecordError): IHeaders {
    const reasons = {
      topic,
      partition: String(partition),
      offset: message.offset,
      'connector.name': this.#source.connector,
      'task.id': String(this.#source.taskId),
      stage,
      'class.name': workingClass,
      'exception.class.name': exception.className,
      'exception.message': exception.message,
      'exception.stacktrace': javaTrace(exception),
    }
    return Object.fromEntries(Object.entries(reasons).map(([name, text]) => [`__connect.errors.${name}`, text]))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#producer.disconnect()
  }
}

/** The client wraps what it gave up on. */
const rootCause = (error: unknown): unknown =>
  error instanceof Error && error.cause !== undefined ? rootCause(error.cause) : error

async function ensureTopic(admin: Admin, { topic, replicationFactor }: DeadLetterSettings): Promise<void> {
  if ((await admin.listTopics()).includes(topic)) return
  try {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor }] })
  } catch (error) {
    // another task may have made it meanwhile
    if ((await admin.listTopics()).includes(topic)) return
    throw new TaskFailure({
      className: 'org.apache.kafka.connect.errors.ConnectException',
      message: `Could not initialize dead letter queue with topic=${topic}`,
      cause: {
        className: 'org.apache.kafka.common.KafkaException',
        message: error instanceof Error ? error.message : String(error),
      },
    })
  }
}
