import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { kafkaClient, KafkaJSError, type Admin, type Kafka, type KafkaMessage } from '../../clients/kafka.ts'
import { LabError } from '../../contract/index.ts'

/** Offsets of a partition: records from `start` up to, but without, `end`. */
export interface PartitionRange {
  readonly topic: string
  readonly partition: number
  readonly start: bigint
  readonly end: bigint
}

const clientId = 'pinlab-verify'
// Without a single record for this long the read is given up: the broker answers, or it does not.
const stallTimeoutMs = 20_000

/** One connected admin for `use`. */
export async function withAdmin<T>(
  brokers: readonly string[],
  use: (admin: Admin, kafka: Kafka) => Promise<T>,
): Promise<T> {
  const kafka = kafkaClient({ brokers, clientId })
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await use(admin, kafka)
  } finally {
    await admin.disconnect()
  }
}

/** What the topics hold now; a topic that does not exist has no range. */
export async function partitionRanges(admin: Admin, topics: readonly string[]): Promise<PartitionRange[]> {
  const existing = new Set(await admin.listTopics())
  const ranges = await Promise.all(
    topics
      .filter((topic) => existing.has(topic))
      .map(async (topic) =>
        (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
          topic,
          partition,
          start: BigInt(low),
          end: BigInt(high),
        })),
      ),
  )
  return ranges.flat().sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition)
}

export type OnRecord = (topic: string, partition: number, message: KafkaMessage) => void

/**
 * Reads every record of the ranges, each partition in offset order, by a consumer group of its own that is deleted afterwards.
 * Records that arrived since are not passed on.
 * @throws LabError LAB_SERVICE_TIMEOUT when nothing arrives for 20 s
 */
export async function readLog(
  brokers: readonly string[],
  ranges: readonly PartitionRange[],
  onRecord: OnRecord,
  signal: AbortSignal,
): Promise<void> {
  const open = new Map(ranges.filter(({ start, end }) => end > start).map((range) => [placeOf(range), range.end]))
  if (open.size === 0) return
  const topics = [...new Set(ranges.filter((range) => open.has(placeOf(range))).map(({ topic }) => topic))]
  const groupId = `${clientId}-${randomUUID()}`
  await withAdmin(brokers, async (admin, kafka) => {
    const consumer = kafka.consumer({
      groupId,
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: 50, // how long a disconnect waits for the last fetch
      maxBytesPerPartition: 4 * 1024 * 1024,
      minBytes: 1,
    })
    const readOrFailed = new AbortController()
    let lastRecordMs = performance.now()
    const finished = Promise.withResolvers<undefined>()
    finished.promise.catch(() => undefined) // awaited below, after the consumer runs
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) finished.reject(payload.error)
    })
    try {
      await consumer.connect()
      await consumer.subscribe({ topics, fromBeginning: true })
      await consumer.run({
        autoCommit: false,
        eachBatch: async (payload) => {
          const { batch } = payload
          const place = placeOf(batch)
          const end = open.get(place)
          lastRecordMs = performance.now()
          for (const message of batch.messages) {
            if (end === undefined || BigInt(message.offset) >= end) break
            onRecord(batch.topic, batch.partition, message)
          }
          payload.resolveOffset(batch.lastOffset())
          if (end !== undefined && BigInt(batch.lastOffset()) + 1n >= end) open.delete(place)
          if (open.size === 0) finished.resolve(undefined)
          await payload.heartbeat()
        },
      })
      await Promise.race([
        finished.promise,
        stalled(() => lastRecordMs, brokers, AbortSignal.any([signal, readOrFailed.signal])),
      ])
    } finally {
      readOrFailed.abort()
      await consumer.disconnect()
      await deleteGroup(admin, groupId)
    }
  })
}

const placeOf = ({ topic, partition }: { topic: string; partition: number }): string => `${topic} ${String(partition)}`

async function stalled(lastMs: () => number, brokers: readonly string[], signal: AbortSignal): Promise<never> {
  while (performance.now() - lastMs() < stallTimeoutMs) await sleep(250, undefined, { signal, ref: false })
  throw new LabError('LAB_SERVICE_TIMEOUT', {
    what: `Kafka at ${brokers.join(', ')} gives no more records`,
    why: `the partitions were not read to their ends, and nothing arrived for ${String(stallTimeoutMs / 1000)} s`,
    fix: 'see "lab status" and "lab logs kafka"',
  })
}

/** The group is only this read's; one that the broker still thinks busy expires by itself. */
async function deleteGroup(admin: Admin, groupId: string): Promise<void> {
  try {
    await admin.deleteGroups([groupId])
  } catch (error) {
    if (!(error instanceof KafkaJSError)) throw error
  }
}
