import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Admin, type Kafka, type Producer } from '../../../clients/kafka.ts'
import { CreateBucketCommand, type S3Client } from '../../../clients/s3.ts'
import { startKafka, startS3, type TestKafka, type TestS3 } from '../../support/services.ts'
import {
  aValue,
  clients,
  committedOffsets,
  eventually,
  expectSameContent,
  objectsOf,
  ports,
  SinkProcess,
} from './harness.ts'

const bucket = 'user-a1b2c3d4e5f6-bucket'

let servers: { kafka: TestKafka; s3: TestS3 }
let kafka: Kafka
let s3: S3Client
let admin: Admin
let producer: Producer
let sink: SinkProcess

beforeAll(async () => {
  const [kafkaServer, s3Server] = await Promise.all([startKafka({ port: ports.kafka }), startS3({ port: ports.s3 })])
  servers = { kafka: kafkaServer, s3: s3Server }
  ;({ kafka, s3 } = clients(servers))
  admin = kafka.admin()
  producer = kafka.producer()
  await Promise.all([admin.connect(), producer.connect(), s3.send(new CreateBucketCommand({ Bucket: bucket }))])
  sink = await SinkProcess.start(servers)
})
afterAll(async () => {
  await sink[Symbol.asyncDispose]()
  await Promise.all([admin.disconnect(), producer.disconnect()])
  await Promise.all([servers.kafka[Symbol.asyncDispose](), servers.s3[Symbol.asyncDispose]()])
})

const createTopic = async (topic: string, numPartitions = 3): Promise<unknown> =>
  admin.createTopics({ topics: [{ topic, numPartitions }] })

async function produce(topic: string, count: number, from = 0, partition?: number): Promise<void> {
  const messages = Array.from({ length: count }, (_, n) => ({
    value: aValue(from + n),
    ...(partition === undefined ? {} : { partition }),
  }))
  await producer.send({ topic, messages })
}

it('writes each record of each matching topic, those made later and partitions added later too', async () => {
  const topics = ['aaa.pin', 'aaa.geo'] as const
  await createTopic(topics[0])
  await createTopic('other')
  await sink.create('regex', { 'topics.regex': 'aaa.*', 's3.bucket.name': bucket })
  await produce(topics[0], 60)
  await produce('other', 5)
  await eventually(async () => expectSameContent({ kafka, s3 }, { bucket, topic: topics[0], flushSize: 1 }))

  await createTopic(topics[1], 1)
  await produce(topics[1], 20)
  await eventually(async () => expectSameContent({ kafka, s3 }, { bucket, topic: topics[1], flushSize: 1 }))
  await admin.createPartitions({ topicPartitions: [{ topic: topics[1], count: 2 }] })
  const informed = kafka.producer() // the other one keeps its idea of the topic's partitions for minutes
  await informed.connect()
  await informed.send({
    topic: topics[1],
    messages: Array.from({ length: 20 }, (_, n) => ({ value: aValue(n), partition: 1 })),
  })
  await informed.disconnect()
  await eventually(async () => expectSameContent({ kafka, s3 }, { bucket, topic: topics[1], flushSize: 1 }))

  expect(await objectsOf(s3, bucket, 'other')).toEqual([])
  expect((await sink.call('GET', '/connectors/regex/topics')).body).toEqual({ regex: { topics: [...topics].sort() } })
  await eventually(async () => {
    expect(await committedOffsets(kafka, 'regex', topics[1])).toEqual([20, 20])
  })
  expect((await sink.call('GET', '/connectors/regex/offsets')).body).toMatchObject({
    offsets: expect.arrayContaining([
      { partition: { kafka_topic: topics[1], kafka_partition: 1 }, offset: { kafka_offset: 20 } },
    ]) as unknown,
  })
  await eventually(async () => {
    const { groups } = await admin.describeGroups(['connect-regex'])
    expect({ state: groups[0]?.state, members: groups[0]?.members.length }).toEqual({ state: 'Stable', members: 3 })
  })
  await sink.call('DELETE', '/connectors/regex')
})

it('leaves an open tail out, and completes it after kill -9 and a restart', async () => {
  const topic = 'tail.pin'
  await createTopic(topic)
  await sink.create('tail', { topics: topic, 's3.bucket.name': bucket, 'flush.size': '10' })
  for (const partition of [0, 1, 2]) await produce(topic, 25, 0, partition)
  await eventually(async () => {
    expect(await expectSameContent({ kafka, s3 }, { bucket, topic, flushSize: 10 })).toBe(6)
  })
  await eventually(async () => {
    expect(await committedOffsets(kafka, 'tail', topic)).toEqual([20, 20, 20])
  })
  await sink.kill()
  const killed = Date.now()
  await sink.restart()
  for (const partition of [0, 1, 2]) await produce(topic, 15, 25, partition)
  await eventually(async () => {
    expect(await expectSameContent({ kafka, s3 }, { bucket, topic, flushSize: 10 })).toBe(12)
  })
  expect(Date.now() - killed).toBeLessThan(20_000)
  await sink.call('DELETE', '/connectors/tail')
})

it('cuts by record time', async () => {
  const topic = 'time.pin'
  await createTopic(topic, 1)
  await sink.create('time', {
    topics: topic,
    's3.bucket.name': bucket,
    'flush.size': '1000',
    'rotate.interval.ms': '60000',
  })
  const base = 1_700_000_000_000
  const messages = [0, 59_999, 60_000, 61_000, 125_000].map((after) => ({
    value: '{"a":1}',
    timestamp: String(base + after),
  }))
  await producer.send({ topic, messages })
  await eventually(async () => {
    const files = (await objectsOf(s3, bucket, topic)).map(({ startOffset, text }) => [
      startOffset,
      text.split('\n').length - 1,
    ])
    expect(files).toEqual([
      [0, 2],
      [2, 2],
    ])
  })
  await sink.call('DELETE', '/connectors/time')
})

it('stops at a record that is not JSON, says where, and goes on once errors are tolerated', async () => {
  const topic = 'poison.pin'
  const deadLetters = 'dlq-poison'
  await createTopic(topic, 1)
  const settings = { topics: topic, 's3.bucket.name': bucket, 'tasks.max': '1', 'flush.size': '2' }
  await sink.create('poison', settings)
  const values = ['{"a":0}', '{"a":1}', '{"a":2}', 'not json', '{"a":4}', null, '{"a":6}', '{"a":7}']
  await producer.send({ topic, messages: values.map((value) => ({ value, key: 'k', headers: { mine: 'kept' } })) })
  const failed = await eventually(async () => {
    const { tasks } = await sink.status('poison')
    expect(tasks[0]?.state).toBe('FAILED')
    return tasks[0]
  })
  expect(failed?.trace).toMatch(
    /^org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler \(topic poison.pin, partition 0, offset 3\)\nCaused by: org.apache.kafka.connect.errors.DataException: Converting byte\[\]/,
  )
  expect((await sink.status('poison')).connector.state).toBe('RUNNING')
  expect((await objectsOf(s3, bucket, topic)).map(({ startOffset }) => startOffset)).toEqual([0])

  await sink.call('PUT', '/connectors/poison/config', {
    ...((await sink.call('GET', '/connectors/poison/config')).body as object),
    'errors.tolerance': 'all',
    'errors.deadletterqueue.topic.name': deadLetters,
    'errors.deadletterqueue.topic.replication.factor': '1',
    'errors.deadletterqueue.context.headers.enable': 'true',
  })
  const nullFailure = await eventually(async () => {
    const { tasks } = await sink.status('poison')
    expect(tasks[0]?.state).toBe('FAILED')
    return tasks[0]
  })
  expect(nullFailure?.trace).toContain('Null valued records are not writeable')
  await sink.call('PUT', '/connectors/poison/config', {
    ...((await sink.call('GET', '/connectors/poison/config')).body as object),
    'behavior.on.null.values': 'ignore',
  })
  await eventually(async () => {
    expect((await objectsOf(s3, bucket, topic)).map(({ startOffset, text }) => [startOffset, text])).toEqual([
      [0, '{"a":0}\n{"a":1}\n'],
      [2, '{"a":2}\n{"a":4}\n'],
      [6, '{"a":6}\n{"a":7}\n'],
    ])
  })
  const letters = await deadLettersOf(deadLetters, 2)
  expect(letters).toContainEqual({
    ...{ key: 'k', value: 'not json', mine: 'kept' },
    ...{ topic, partition: '0', offset: '3', 'connector.name': 'poison', 'task.id': '0', stage: 'VALUE_CONVERTER' },
    'class.name': 'org.apache.kafka.connect.json.JsonConverter',
    'exception.class.name': 'org.apache.kafka.connect.errors.DataException',
    'exception.message': 'Converting byte[] to Kafka Connect data failed due to serialization error: ',
    'exception.stacktrace': expect.stringContaining('SerializationException') as unknown,
  })
  expect(letters).toContainEqual(expect.objectContaining({ offset: '5', stage: 'TASK_PUT' }) as object)
  await sink.call('DELETE', '/connectors/poison')
})

/** At least `count` letters, as plain objects; `__connect.errors.` is left off the headers' names. */
async function deadLettersOf(topic: string, count: number): Promise<Record<string, unknown>[]> {
  const consumer = kafka.consumer({ groupId: `letters-${String(Math.random())}`, maxWaitTimeInMs: 100 })
  const letters: Record<string, unknown>[] = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message: { key, value, headers = {} } }) => {
      const reasons = Object.entries(headers).map(([name, text]) => [
        name.replace('__connect.errors.', ''),
        String(text),
      ])
      letters.push({
        key: String(key),
        value: String(value),
        ...(Object.fromEntries(reasons) as Record<string, string>),
      })
      await Promise.resolve()
    },
  })
  await eventually(async () => {
    expect(letters.length).toBeGreaterThanOrEqual(count)
    await Promise.resolve()
  })
  await consumer.disconnect()
  return letters
}

it('reads nothing while paused or stopped, and goes on where it was', async () => {
  const topic = 'pause.pin'
  await createTopic(topic)
  await sink.create('pause', { topics: topic, 's3.bucket.name': bucket })
  await produce(topic, 9)
  await eventually(async () => expectSameContent({ kafka, s3 }, { bucket, topic, flushSize: 1 }))
  for (const verb of ['pause', 'stop']) {
    await sink.call('PUT', `/connectors/pause/${verb}`)
    await eventually(async () => {
      const { groups } = await admin.describeGroups(['connect-pause'])
      expect(groups[0]?.state).toBe('Empty')
    })
    const before = (await objectsOf(s3, bucket, topic)).length
    await produce(topic, 9)
    expect((await objectsOf(s3, bucket, topic)).length).toBe(before)
    await sink.call('PUT', '/connectors/pause/resume')
    await eventually(async () => expectSameContent({ kafka, s3 }, { bucket, topic, flushSize: 1 }))
  }
  await sink.call('PUT', '/connectors/pause/stop')
  await eventually(async () => {
    // 500 while the tasks, whose end the stop does not wait for, are still members of the group
    expect(await sink.call('DELETE', '/connectors/pause/offsets')).toMatchObject({ status: 200 })
  })
  expect((await sink.call('GET', '/connectors/pause/offsets')).body).toEqual({ offsets: [] })
  await sink.call('DELETE', '/connectors/pause')
})

it('fails without its bucket, and runs after a restart once the bucket is there', async () => {
  const late = 'a-bucket-that-comes-late'
  const topic = 'late.pin'
  await createTopic(topic, 1)
  await produce(topic, 3)
  await sink.create('late', { topics: topic, 's3.bucket.name': late, 'tasks.max': '1' })
  const { trace } = await eventually(async () => {
    const [task] = (await sink.status('late')).tasks
    expect(task?.state).toBe('FAILED')
    return task ?? { trace: undefined }
  })
  expect(trace).toContain('Non-existent S3 bucket: a-bucket-that-comes-late')
  await s3.send(new CreateBucketCommand({ Bucket: late }))
  await sink.call('POST', '/connectors/late/restart?includeTasks=true&onlyFailed=true')
  await eventually(async () => expectSameContent({ kafka, s3 }, { bucket: late, topic, flushSize: 1 }))
  await sink.call('DELETE', '/connectors/late')
})

it('uploads large files in parts, and small ones too when asked', async () => {
  const topic = 'large.pin'
  await createTopic(topic, 1)
  const value = JSON.stringify({ a: 'y'.repeat(700_000) })
  for (let sent = 0; sent < 16; sent += 1) await producer.send({ topic, messages: [{ value }] })
  const settings = { topics: topic, 's3.bucket.name': bucket, 's3.part.size': '5242880' }
  await sink.create('large', { ...settings, 'flush.size': '16' })
  const etagOf = async (): Promise<string | undefined> => (await objectsOf(s3, bucket, topic))[0]?.etag
  await eventually(async () => expectSameContent({ kafka, s3 }, { bucket, topic, flushSize: 16 }))
  expect(await etagOf()).toMatch(/^"[0-9a-f]{32}-3"$/)
  await sink.call('DELETE', '/connectors/large')

  await createTopic('parts.pin', 1)
  await produce('parts.pin', 1)
  await sink.create('parts', { ...settings, topics: 'parts.pin', 'pinlab.s3.multipart': 'true' })
  await eventually(async () => expectSameContent({ kafka, s3 }, { bucket, topic: 'parts.pin', flushSize: 1 }))
  expect((await objectsOf(s3, bucket, 'parts.pin'))[0]?.etag).toMatch(/^"[0-9a-f]{32}-1"$/)
  await sink.call('DELETE', '/connectors/parts')
})

it('stops in order: what was under way is stored and committed, and the group is left', async () => {
  const topic = 'stop.pin'
  await createTopic(topic)
  await sink.create('stop', { topics: topic, 's3.bucket.name': bucket })
  await produce(topic, 300)
  await eventually(async () => {
    expect((await objectsOf(s3, bucket, topic)).length).toBeGreaterThan(20)
  })
  expect(await sink.stop()).toBe(0)
  const committed = await committedOffsets(kafka, 'stop', topic)
  const stored = await objectsOf(s3, bucket, topic)
  expect(committed.reduce((sum, offset) => sum + Math.max(0, offset), 0)).toBe(stored.length)
  const { groups } = await admin.describeGroups(['connect-stop'])
  expect(groups[0]?.state).toBe('Empty')
  await sink.restart()
  await eventually(async () => expectSameContent({ kafka, s3 }, { bucket, topic, flushSize: 1 }))
  await sink.call('DELETE', '/connectors/stop')
})
