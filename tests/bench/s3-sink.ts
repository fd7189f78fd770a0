import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { kafkaClient, type Admin, type Producer } from '../../clients/kafka.ts'
import { CreateBucketCommand, PutObjectCommand, s3Client, type S3Client } from '../../clients/s3.ts'
import { objectKey } from '../../contract/index.ts'
import { startKafka, startS3, type TestKafka, type TestS3 } from '../support/services.ts'
import { median, type BenchResult } from './result.ts'

export const name = 's3-sink'

const ports = { kafka: 26_292, s3: 21_766, sink: 25_283 }
const rounds = 5
const bucket = 'bench-bucket'
/** What the sink's three tasks have under way at most; the bare calls get the same. */
const concurrency = 60
const singles = 3_000
const bulk = 120_000

/** On one topic, before the benchmark gives up. */
const limitMs = 120_000

/** A record of the size that a post has, its names in the connector's order. */
const value = JSON.stringify({ a: 'x'.repeat(400), b: 12.5, c: 7528 })

/** The sink against bare PutObject calls with the same client at the same concurrency, in turn; then large files. */
export async function run(): Promise<BenchResult[]> {
  await using kafkaServer = await startKafka({ port: ports.kafka })
  await using s3Server = await startS3({ port: ports.s3 })
  const s3 = s3Client(s3Server)
  await s3.send(new CreateBucketCommand({ Bucket: bucket }))
  const kafka = kafkaClient({ brokers: kafkaServer.brokers, clientId: 'bench' })
  const admin = kafka.admin()
  const producer = kafka.producer()
  await Promise.all([admin.connect(), producer.connect()])
  await using sink = await startSink(kafkaServer, s3Server)
  const measure = async (topic: string, records: number, flushSize: number): Promise<number> => {
    await fill(admin, producer, topic, records)
    return sink.rate(topic, records, flushSize)
  }

  const bare: number[] = []
  const single: number[] = []
  const large: number[] = []
  await putAll(s3, 'warm', 500)
  await measure('warm', 500, 1)
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await putAll(s3, `bare${String(round)}`, singles))
    single.push(await measure(`single${String(round)}`, singles, 1))
    large.push(await measure(`large${String(round)}`, bulk, 1_000))
  }
  await Promise.all([admin.disconnect(), producer.disconnect()])
  s3.destroy()
  const ratios = single.map((rate, round) => rate / (bare[round] ?? Number.NaN))
  return [
    { name: 'bare PutObject calls', value: median(bare), unit: 'objects/s' },
    { name: 'sink, flush.size=1', value: median(single), unit: 'objects/s' },
    { name: 'sink, flush.size=1, of the bare calls', value: median(ratios), unit: '×', limit: { atLeast: 0.8 } },
    { name: 'sink, flush.size=1000', value: median(large), unit: 'records/s', limit: { atLeast: 20_000 } },
  ]
}

/** Objects a second. */
async function putAll(s3: S3Client, topic: string, count: number): Promise<number> {
  const body = Buffer.from(`${value}\n`)
  let next = 0
  const started = performance.now()
  const worker = async (): Promise<void> => {
    while (next < count) {
      const Key = objectKey(topic, 0, BigInt(next++))
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: body }))
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return count / ((performance.now() - started) / 1_000)
}

async function fill(admin: Admin, producer: Producer, topic: string, count: number): Promise<void> {
  await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] })
  const batch = 2_000
  for (let sent = 0; sent < count; sent += batch) {
    const messages = Array.from({ length: Math.min(batch, count - sent) }, (_, index) => ({
      value,
      partition: (sent + index) % 3,
    }))
    await producer.send({ topic, messages })
  }
}

interface Sink extends AsyncDisposable {
  /** Records a second from the first committed to the last; the topic's records are there before the connector is. */
  rate(topic: string, records: number, flushSize: number): Promise<number>
}

async function startSink(kafka: TestKafka, s3: TestS3): Promise<Sink> {
  const stateDir = await mkdtemp(join(tmpdir(), 'pinlab-bench-'))
  const { endpoint, region, accessKeyId, secretAccessKey } = s3
  const config = {
    ...{ port: ports.sink, brokers: kafka.brokers, stateDir, topicRefreshMs: 200 },
    s3: { endpoint, region, accessKeyId, secretAccessKey },
  }
  const child = spawn(process.execPath, [...process.execArgv, 'services/s3-sink/main.ts'], {
    stdio: ['ignore', 'inherit', 'ignore'],
    env: { ...process.env, PINLAB_CONFIG: JSON.stringify(config), PINLAB_LOG_LEVEL: 'error' },
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const url = `http://127.0.0.1:${String(ports.sink)}`
  while (
    !(await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await sleep(50)
  return {
    rate: async (topic, records, flushSize) => {
      const connector = `${url}/connectors/${topic}`
      await fetch(`${connector}/config`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(connectorConfig(topic, flushSize)),
      })
      const deadline = performance.now() + limitMs
      const progress: { atMs: number; committed: number }[] = []
      while ((progress.at(-1)?.committed ?? 0) < records) {
        const { offsets } = (await (await fetch(`${connector}/offsets`)).json()) as Offsets
        const committed = offsets.reduce((sum, { offset }) => sum + offset.kafka_offset, 0)
        if (performance.now() > deadline) throw new Error(`the sink is at ${String(committed)} of ${String(records)}`)
        if (committed > (progress.at(-1)?.committed ?? 0)) progress.push({ atMs: performance.now(), committed })
        await sleep(25)
      }
      await fetch(connector, { method: 'DELETE' })
      const [first, last] = [progress[0], progress.at(-1)]
      if (!first || !last || first === last) throw new Error('the sink was done before it could be measured')
      return (last.committed - first.committed) / ((last.atMs - first.atMs) / 1_000)
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await exited
      await rm(stateDir, { recursive: true })
    },
  }
}

interface Offsets {
  readonly offsets: readonly { readonly offset: { readonly kafka_offset: number } }[]
}

const connectorConfig = (topic: string, flushSize: number): Record<string, string> => ({
  'connector.class': 'io.confluent.connect.s3.S3SinkConnector',
  'flush.size': String(flushSize),
  'tasks.max': '3',
  topics: topic,
  'format.class': 'io.confluent.connect.s3.format.json.JsonFormat',
  'storage.class': 'io.confluent.connect.s3.storage.S3Storage',
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'false',
  's3.bucket.name': bucket,
})
