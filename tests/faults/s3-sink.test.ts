import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { KafkaJSError, type Producer } from '../../clients/kafka.ts'
import { CreateBucketCommand } from '../../clients/s3.ts'
import {
  aValue,
  clients,
  committedOffsets,
  eventually,
  expectSameContent,
  objectsOf,
  ports,
  SinkProcess,
  untilWritten,
} from '../integration/s3-sink/harness.ts'
import { startKafka, startS3 } from '../support/services.ts'

const bucket = 'user-a1b2c3d4e5f6-bucket'
const topics = ['abc.pin', 'abc.geo', 'abc.user'] as const

/** Batches of records into the three topics until told to stop; what the brokers refuse meanwhile is let go. */
async function load(producer: Producer, signal: AbortSignal): Promise<number> {
  let acknowledged = 0
  for (let n = 0; !signal.aborted; n += 15) {
    const topicMessages = topics.map((topic, shift) => ({
      topic,
      messages: Array.from({ length: 5 }, (_, index) => ({
        value: aValue(n + shift * 5 + index),
        key: String(index),
      })),
    }))
    try {
      await producer.sendBatch({ topicMessages, acks: -1 })
      acknowledged += 15
    } catch (error) {
      if (!(error instanceof KafkaJSError)) throw error
    }
    await sleep(100)
  }
  return acknowledged
}

it.each([
  { what: 'the sink, again and again', flushSize: 1, victims: ['sink', 'sink', 'sink', 'sink'] as const },
  { what: 'the sink with open files', flushSize: 7, victims: ['sink', 'sink'] as const },
  { what: 'the broker', flushSize: 1, victims: ['kafka'] as const },
  { what: 'the store', flushSize: 1, victims: ['s3', 's3'] as const },
  { what: 'each of them in turn', flushSize: 7, victims: ['s3', 'sink', 'kafka', 'sink', 's3'] as const },
])('kill -9 of $what under load loses nothing, doubles nothing and changes no byte', async ({ flushSize, victims }) => {
  await using kafkaServer = await startKafka({ port: ports.kafka })
  await using s3Server = await startS3({ port: ports.s3 })
  const servers = { kafka: kafkaServer, s3: s3Server }
  const { kafka, s3 } = clients(servers)
  await s3.send(new CreateBucketCommand({ Bucket: bucket }))
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 3 })) })
  await admin.disconnect()
  const producer = kafka.producer({ idempotent: false, retry: { retries: 20 } })
  await producer.connect()
  await using sink = await SinkProcess.start(servers)
  await sink.create('s3-sink', { 'topics.regex': 'abc.*', 's3.bucket.name': bucket, 'flush.size': String(flushSize) })

  const ending = new AbortController()
  const loading = load(producer, ending.signal)
  for (const victim of victims) {
    await sleep(1_500 + Math.random() * 2_500)
    const service = { sink, kafka: kafkaServer, s3: s3Server }[victim]
    await service.kill()
    await sleep(Math.random() * 500)
    await service.restart()
  }
  await sleep(1_000)
  ending.abort()
  const acknowledged = await loading
  await producer.disconnect()

  let objects = 0
  for (const topic of topics) await untilWritten({ kafka, s3 }, { bucket, topic, flushSize })
  await eventually(async () => {
    const counts: number[] = []
    for (const topic of topics) counts.push(await expectSameContent({ kafka, s3 }, { bucket, topic, flushSize }))
    objects = counts.reduce((sum, count) => sum + count, 0)
  })
  expect(objects * flushSize).toBeGreaterThan(acknowledged - topics.length * 3 * flushSize)
  const status = await sink.status('s3-sink')
  expect(status.tasks.map(({ state }) => state)).toEqual(['RUNNING', 'RUNNING', 'RUNNING'])
  if (flushSize === 1) {
    await eventually(async () => {
      for (const topic of topics) {
        const ends = (await objectsOf(s3, bucket, topic)).reduce<number[]>((found, { partition, startOffset }) => {
          found[partition] = startOffset + 1
          return found
        }, [])
        expect(await committedOffsets(kafka, 's3-sink', topic)).toEqual(ends)
      }
    })
  }
  s3.destroy()
})

it('writes again within 10 s of a kill -9', async () => {
  await using kafkaServer = await startKafka({ port: ports.kafka })
  await using s3Server = await startS3({ port: ports.s3 })
  const servers = { kafka: kafkaServer, s3: s3Server }
  const { kafka, s3 } = clients(servers)
  await s3.send(new CreateBucketCommand({ Bucket: bucket }))
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  const admin = kafka.admin()
  await Promise.all([producer.connect(), admin.connect()])
  await admin.createTopics({ topics: [{ topic: topics[0], numPartitions: 3 }] })
  await using sink = await SinkProcess.start(servers)
  await sink.create('s3-sink', { topics: topics[0], 's3.bucket.name': bucket })
  const content = { bucket, topic: topics[0], flushSize: 1 }
  await producer.send({ topic: topics[0], messages: Array.from({ length: 30 }, (_, n) => ({ value: aValue(n) })) })
  await eventually(async () => expectSameContent({ kafka, s3 }, content))
  await sink.kill()
  await producer.send({ topic: topics[0], messages: Array.from({ length: 30 }, (_, n) => ({ value: aValue(n) })) })
  const restarted = performance.now()
  await sink.restart()
  await eventually(async () => expectSameContent({ kafka, s3 }, content))
  const tookMs = performance.now() - restarted
  await Promise.all([producer.disconnect(), admin.disconnect()])
  s3.destroy()
  expect(tookMs).toBeLessThan(10_000)
})
