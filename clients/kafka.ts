import kafkajs, { type Kafka, type KafkaConfig, type logCreator } from 'kafkajs'

// kafkajs warns at every start that its default partitioner changed in 2.0; the choice here is that default, Java's.
process.env['KAFKAJS_NO_PARTITIONER_WARNING'] ??= '1'

// The module is CommonJS and spreads its error classes into its exports: Node finds them on the default import only.
export const {
  CompressionTypes,
  ConfigResourceTypes,
  KafkaJSConnectionError,
  KafkaJSError,
  KafkaJSNonRetriableError,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError,
  KafkaJSRequestTimeoutError,
  Partitioners,
} = kafkajs
export type { Admin, Consumer, EachBatchPayload, IHeaders, Kafka, KafkaMessage, Message, Producer } from 'kafkajs'

export interface KafkaClientOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  /** Where the client's own warnings go; nowhere by default. */
  readonly logCreator?: logCreator
  readonly overrides?: Partial<KafkaConfig>
}

/** The one place where the Kafka client library is made; nothing connects before a producer, consumer or admin does. */
export function kafkaClient({ brokers, clientId, logCreator, overrides }: KafkaClientOptions): Kafka {
  return new kafkajs.Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8 },
    logLevel: logCreator ? kafkajs.logLevel.WARN : kafkajs.logLevel.NOTHING,
    ...(logCreator ? { logCreator } : {}),
    ...overrides,
  })
}
