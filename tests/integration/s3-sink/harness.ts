import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { kafkaClient, type Kafka } from '../../../clients/kafka.ts'
import { GetObjectCommand, paginateListObjectsV2, s3Client, type S3Client } from '../../../clients/s3.ts'
import { parseObjectKey, topicPrefix } from '../../../contract/index.ts'
import { type TestKafka, type TestS3 } from '../../support/services.ts'

/** Ports of this part's tests: they never meet those of a lab or of another suite. */
export const ports = { kafka: 26_192, s3: 21_666, sink: 25_183 } as const

/** Tries until `check` holds; the last failure is told when the deadline passes. */
export async function eventually<T>(check: () => Promise<T>, deadlineMs = 30_000): Promise<T> {
  const end = Date.now() + deadlineMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > end) throw error
      await sleep(100)
    }
  }
}

export interface Answer {
  readonly status: number
  readonly body: unknown
}

interface Status {
  readonly connector: { readonly state: string }
  readonly tasks: readonly { readonly id: number; readonly state: string; readonly trace?: string }[]
}

/** The sink as the lab runs it: a process of its own, with a state folder that outlives it. */
export class SinkProcess implements AsyncDisposable {
  readonly #servers: { readonly kafka: TestKafka; readonly s3: TestS3 }
  readonly #folder: string
  #child: ChildProcess | undefined
  log = ''

  private constructor(servers: { kafka: TestKafka; s3: TestS3 }, folder: string) {
    this.#servers = servers
    this.#folder = folder
  }

  static async start(servers: { kafka: TestKafka; s3: TestS3 }): Promise<SinkProcess> {
    const sink = new SinkProcess(servers, await mkdtemp(join(tmpdir(), 'pinlab-sink-')))
    await sink.restart()
    return sink
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<number | null> {
    return this.#end('SIGTERM')
  }

  /** Starts it on the same state, ready when the REST API answers. */
  async restart(): Promise<void> {
    await this.kill()
    const { kafka, s3 } = this.#servers
    const { endpoint, region, accessKeyId, secretAccessKey } = s3
    const config = {
      port: ports.sink,
      brokers: kafka.brokers,
      stateDir: this.#folder,
      s3: { endpoint, region, accessKeyId, secretAccessKey },
      topicRefreshMs: 500,
    }
    this.#child = spawn(process.execPath, ['services/s3-sink/main.ts'], {
      stdio: ['ignore', 'inherit', 'pipe'],
      env: { ...process.env, PINLAB_CONFIG: JSON.stringify(config) },
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.log += text))
    await eventually(async () => this.call('GET', '/'))
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${String(ports.sink)}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  async create(name: string, settings: Record<string, string>): Promise<void> {
    expect(await this.call('PUT', `/connectors/${name}/config`, { ...baseConfig, ...settings })).toMatchObject({
      status: 201,
    })
  }

  async status(name: string): Promise<Status> {
    return (await this.call('GET', `/connectors/${name}/status`)).body as Status
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true })
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child
    this.#child = undefined
    if (!child) return null
    const exited = once(child, 'exit')
    child.kill(signal)
    const [code] = (await exited) as [number | null]
    return code
  }
}

/** The course's configuration but for its topics, bucket and sizes. */
const baseConfig = {
  'connector.class': 'io.confluent.connect.s3.S3SinkConnector',
  's3.region': 'us-east-1',
  'flush.size': '1',
  'schema.compatibility': 'NONE',
  'tasks.max': '3',
  'format.class': 'io.confluent.connect.s3.format.json.JsonFormat',
  'partitioner.class': 'io.confluent.connect.storage.partitioner.DefaultPartitioner',
  'value.converter.schemas.enable': 'false',
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'storage.class': 'io.confluent.connect.s3.storage.S3Storage',
  'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
}

export const clients = (servers: { kafka: TestKafka; s3: TestS3 }): { kafka: Kafka; s3: S3Client } => ({
  kafka: kafkaClient({ brokers: servers.kafka.brokers, clientId: 'test' }),
  s3: s3Client(servers.s3),
})

/** A record whose names are in the connector's order already, so its line in S3 is its very text. */
export const aValue = (n: number): string =>
  `{"a":${String(n)},"b":"${'é'.repeat(n % 7)}${'x'.repeat(n % 50)}","c":${String(n)}.5}`

/** Every record of a topic as it stands in Kafka, by partition and offset. */
export async function recordsOf(kafka: Kafka, topic: string): Promise<Map<number, string[]>> {
  const admin = kafka.admin()
  await admin.connect()
  const ends = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  const records = new Map(ends.map(({ partition }) => [partition, [] as string[]]))
  const wanted = ends.reduce((sum, { high }) => sum + Number(high), 0)
  if (wanted === 0) return records
  const consumer = kafka.consumer({ groupId: `reader-${String(Math.random())}`, maxWaitTimeInMs: 100 })
  const isComplete = Promise.withResolvers<undefined>()
  let read = 0
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      const values = records.get(partition)
      if (Number(message.offset) === values?.length) {
        values.push(message.value?.toString() ?? '')
        read += 1
      }
      if (read === wanted) isComplete.resolve(undefined)
      await Promise.resolve()
    },
  })
  await isComplete.promise
  await consumer.disconnect()
  return records
}

export interface StoredObject {
  readonly partition: number
  readonly startOffset: number
  readonly etag: string
  readonly text: string
}

/** Waits until S3 holds as many objects of the topic as its whole files are, which is cheaper to ask than what is in them. */
export async function untilWritten(
  { kafka, s3 }: { kafka: Kafka; s3: S3Client },
  { bucket, topic, flushSize }: { bucket: string; topic: string; flushSize: number },
): Promise<void> {
  const wanted = [...(await recordsOf(kafka, topic)).values()].reduce(
    (sum, { length }) => sum + Math.floor(length / flushSize),
    0,
  )
  await eventually(async () => {
    expect((await keysOf(s3, bucket, topic)).length).toBeGreaterThanOrEqual(wanted)
  }, 120_000)
}

async function keysOf(s3: S3Client, bucket: string, topic: string): Promise<string[]> {
  const keys: string[] = []
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: topicPrefix(topic) })) {
    keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key))
  }
  return keys
}

/** Objects of a topic in order of partition and offset; every key below the topic's prefix must be one the sink may write. */
export async function objectsOf(s3: S3Client, bucket: string, topic: string): Promise<StoredObject[]> {
  const keys = await keysOf(s3, bucket, topic)
  const objects: StoredObject[] = []
  const read = async (Key: string): Promise<void> => {
    const parsed = parseObjectKey(Key)
    expect(parsed, Key).toMatchObject({ topic })
    const { Body, ETag = '' } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))
    const text = (await Body?.transformToString()) ?? ''
    objects.push({ partition: parsed?.partition ?? -1, startOffset: Number(parsed?.startOffset), etag: ETag, text })
  }
  for (let from = 0; from < keys.length; from += 32) await Promise.all(keys.slice(from, from + 32).map(read))
  return objects.sort((a, b) => a.partition - b.partition || a.startOffset - b.startOffset)
}

/** Kafka and S3 hold the same: each record once, at its offset, byte by byte, in files of `flushSize`; open tails are left out. */
export async function expectSameContent(
  { kafka, s3 }: { kafka: Kafka; s3: S3Client },
  { bucket, topic, flushSize }: { bucket: string; topic: string; flushSize: number },
): Promise<number> {
  const records = await recordsOf(kafka, topic)
  const expected = [...records].flatMap(([partition, values]) =>
    Array.from({ length: Math.floor(values.length / flushSize) }, (_, file) => ({
      partition,
      startOffset: file * flushSize,
      text: values
        .slice(file * flushSize, (file + 1) * flushSize)
        .map((value) => `${value}\n`)
        .join(''),
    })),
  )
  const stored = await objectsOf(s3, bucket, topic)
  expect(stored.map(({ partition, startOffset, text }) => ({ partition, startOffset, text }))).toEqual(
    expected.sort((a, b) => a.partition - b.partition || a.startOffset - b.startOffset),
  )
  return stored.length
}

/** Offsets that the connector's group has committed, by partition of the topic. */
export async function committedOffsets(kafka: Kafka, connector: string, topic: string): Promise<number[]> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const [found] = await admin.fetchOffsets({ groupId: `connect-${connector}`, topics: [topic] })
    return (found?.partitions ?? []).sort((a, b) => a.partition - b.partition).map(({ offset }) => Number(offset))
  } finally {
    await admin.disconnect()
  }
}
