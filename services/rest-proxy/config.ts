import { z } from 'zod'
import { restProxyLimits as limits } from '../../contract/limits.ts'

const PositiveInt = z.int().positive()

/** Configuration of the REST proxy's process (PINLAB_CONFIG). Only `port` and `brokers` must be given. */
export const Config = z.strictObject({
  host: z.string().default('127.0.0.1'),
  /** 0: the OS chooses; the `listening` log line says which. */
  port: z.int().min(0).max(65_535),
  brokers: z.array(z.string().min(1)).min(1),
  clientId: z.string().default('pinlab-rest-proxy'),
  /** From the arrival of a record to its answer: past it the record is answered 50003, whatever the broker does later. */
  produceTimeoutMs: PositiveInt.default(12_000),
  /** Bound on one metadata or offset question to the broker. */
  adminTimeoutMs: PositiveInt.default(5_000),
  /** How long a topic's partitions are believed; an unknown topic is asked for again after `unknownTopicTtlMs`. */
  metadataTtlMs: PositiveInt.default(30_000),
  unknownTopicTtlMs: PositiveInt.default(500),
  /**
   * Produce requests under way at a time, each by a producer of its own (the client library allows an idempotent producer
   * one): with two, the next is made ready while the broker writes the last.
   */
  maxFlights: PositiveInt.max(8).default(2),
  /** A batch to one partition; the broker's message.max.bytes (1,048,588) minus room for headers. */
  maxBatchBytes: PositiveInt.default(900_000),
  /** Largest record the broker takes (message.max.bytes); a larger one is answered alone, its neighbours go out. */
  maxRecordBytes: PositiveInt.default(limits.maxRecordBytes),
  maxBodyBytes: PositiveInt.default(limits.maxBodyBytes),
  /** Request bodies being read or waiting for the broker, in all; past it 429 at once. */
  maxInFlightRequests: PositiveInt.default(2_000),
  maxInFlightBytes: PositiveInt.default(64 * 1024 * 1024),
  /** A client has this long to send its request, headers and body. */
  requestTimeoutMs: PositiveInt.default(30_000),
  /** A further one is closed unanswered; far over `maxInFlightRequests`, so that overload is answered 429. */
  maxConnections: PositiveInt.default(12_000),
  /** Consumer instances in all, and how long an idle one lives (consumer.instance.timeout.ms). */
  maxConsumers: PositiveInt.default(64),
  consumerInstanceTimeoutMs: PositiveInt.default(limits.consumerInstanceTimeoutMs),
  /** Records an instance holds that were fetched and not yet asked for. */
  maxConsumerBufferBytes: PositiveInt.default(4 * 1024 * 1024),
  /** Largest answer to one read of records (consumer.request.max.bytes; the real default is 64 MiB). */
  maxConsumerResponseBytes: PositiveInt.default(16 * 1024 * 1024),
})
export type Config = Readonly<z.infer<typeof Config>>
