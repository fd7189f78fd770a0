import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { kafkaClient } from '../../clients/kafka.ts'
import { kinesisClient, ListStreamsCommand } from '../../clients/kinesis.ts'
import { mysqlConnection } from '../../clients/mysql.ts'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  s3Client,
} from '../../clients/s3.ts'
import { addressesOf, localProfile, streamNames, topicNames } from '../../contract/index.ts'
import { type ServiceStatus } from '../../lab/engines/engine.ts'
import { nativeEngine } from '../../lab/engines/native/engine.ts'
import { processesOf } from '../../lab/engines/native/proc.ts'
import { canaryTopic } from '../../lab/engines/native/processes/kafka-canary.ts'
import { serviceNames, servicesOf, type ServiceName } from '../../lab/graph.ts'
import { portsOf, remainsOf, testLab, type TestLab } from './test-lab.ts'

/** One lab with every service; the tests follow one another in its life. */
let lab: TestLab
beforeAll(async () => {
  lab = await testLab({ portOffset: 1_400 })
  await lab.up()
}, 180_000)
afterAll(async () => {
  await lab[Symbol.asyncDispose]()
}, 60_000)

/** Spark is back after some 20 s; twice that on a busy machine. */
const eventually = { timeout: 90_000, interval: 100 }
const never = new AbortController().signal
const status = async (): Promise<ServiceStatus[]> => nativeEngine.status(lab.home)
const pids = async (): Promise<(number | undefined)[]> => (await status()).map(({ pid }) => pid)

const mysqlAs = async (user: string, password: string) =>
  mysqlConnection({ host: lab.profile.mysql.host, port: lab.profile.mysql.port, user, password })
const asRoot = async () => mysqlAs('root', lab.credentials.mysqlRootPassword)
const storage = () =>
  s3Client({
    endpoint: lab.profile.s3.endpoint,
    region: lab.profile.s3.region,
    accessKeyId: lab.credentials.awsAccessKeyId,
    secretAccessKey: lab.credentials.awsSecretAccessKey,
  })
const kinesis = () =>
  kinesisClient({
    endpoint: lab.profile.kinesis.endpoint,
    region: lab.profile.kinesis.region,
    accessKeyId: lab.credentials.awsAccessKeyId,
    secretAccessKey: lab.credentials.awsSecretAccessKey,
  })
const broker = () => kafkaClient({ brokers: lab.profile.kafka.brokers, clientId: 'test' })

describe('a started lab', () => {
  test('has every service ready, with its process, address and memory', async () => {
    const services = await status()
    expect(services.map(({ name }) => name)).toEqual(serviceNames)
    const alive = await processesOf(lab.home)
    for (const { name, state, pid, port, memoryBytes, restarts, uptimeMs } of services) {
      expect({ name, state, restarts }).toEqual({ name, state: 'ready', restarts: 0 })
      expect(alive).toContainEqual({ pid, service: name })
      expect(portsOf(lab.profile)).toContain(port)
      expect(memoryBytes).toBeGreaterThan(10 * 1_048_576)
      expect(uptimeMs).toBeGreaterThan(0)
    }
    const addresses = addressesOf(lab.profile)
    expect(services.map(({ url }) => url)).toEqual(
      expect.arrayContaining([
        addresses.invokeUrl,
        addresses.restProxy,
        addresses.kafka,
        addresses.s3,
        addresses.connect,
        addresses.kinesis,
      ]),
    )
  })

  test('said of each service that it started, then that it was ready, and what it waited for', () => {
    for (const name of serviceNames) {
      const said = lab.events.filter(({ service }) => service === name).map(({ state }) => state)
      expect(said.filter((state) => state !== 'stopped')).toEqual(['starting', 'ready'])
    }
    expect(lab.events).toContainEqual(expect.objectContaining({ service: 'gateway', waitingFor: 'rest-proxy' }))
    const readyAt = (name: ServiceName): number =>
      lab.events.findIndex(({ service, state }) => service === name && state === 'ready')
    expect(readyAt('kafka')).toBeLessThan(readyAt('rest-proxy'))
    expect(readyAt('rest-proxy')).toBeLessThan(readyAt('gateway'))
  })

  test('stays within 1.2 GiB of memory in all, and 1.3 GiB for the stream job', async () => {
    const gibibytes = async (names: readonly ServiceName[]): Promise<number> =>
      (await status())
        .filter(({ name }) => names.includes(name))
        .reduce((sum, { memoryBytes = 0 }) => sum + memoryBytes, 0) / 1_073_741_824
    expect(await gibibytes(servicesOf({ paths: ['batch'] }))).toBeLessThan(1.2)
    expect(await gibibytes(['spark-stream'])).toBeGreaterThan(0.4) // the JVM counts
    expect(await gibibytes(['spark-stream'])).toBeLessThan(1.3)
  })

  test('has the topics, the streams, the bucket, the connector and a pipeline account that can only read', async () => {
    const admin = broker().admin()
    await admin.connect()
    const topics = topicNames(lab.profile.userId)
    const metadata = await admin.fetchTopicMetadata({ topics })
    const partitions = Object.fromEntries(metadata.topics.map((topic) => [topic.name, topic.partitions.length]))
    expect(partitions).toEqual(Object.fromEntries(topics.map((name) => [name, 3])))
    const others = (await admin.listTopics()).filter((name) => !topics.includes(name) && !name.startsWith('__'))
    expect(others).toEqual([`dlq-${lab.profile.userId}`]) // the sink makes it for its connector
    expect(await admin.listTopics()).toContain(canaryTopic)
    await admin.disconnect()

    const client = kinesis()
    const { StreamNames } = await client.send(new ListStreamsCommand({}))
    expect(StreamNames?.toSorted()).toEqual(streamNames(lab.profile.userId).toSorted())
    client.destroy()

    const { Buckets } = await storage().send(new ListBucketsCommand({}))
    expect(Buckets?.map(({ Name }) => Name)).toEqual([lab.profile.s3.bucket])

    const connectors = await fetch(`${addressesOf(lab.profile).connect}/connectors`)
    expect(await connectors.json()).toEqual([lab.profile.s3Sink.connectorName])

    const root = await asRoot()
    await root.query('CREATE TABLE pinterest_data.seen (id INT PRIMARY KEY)')
    await root.end()
    const reader = await mysqlAs(lab.profile.mysql.user, lab.credentials.mysqlPassword)
    await reader.query('SELECT * FROM pinterest_data.seen')
    await expect(reader.query('INSERT INTO pinterest_data.seen VALUES (1)')).rejects.toMatchObject({
      code: 'ER_TABLEACCESS_DENIED_ERROR',
    })
    await expect(reader.query('SELECT * FROM mysql.global_priv')).rejects.toThrow(/denied/)
    await reader.end()
    await expect(mysqlAs('root', '')).rejects.toMatchObject({ code: 'ER_ACCESS_DENIED_ERROR' })
  })

  test('is left as it is by a second start, which ends without stopping it', async () => {
    const before = await pids()
    {
      await using _second = await lab.start()
    }
    expect(await pids()).toEqual(before)
  })

  test('refuses a start with other settings', async () => {
    const before = await pids()
    const other = localProfile({ portOffset: lab.profile.portOffset, flushSizeRecords: 1_000 })
    await expect(lab.start({ profile: other })).rejects.toMatchObject({ code: 'LAB_ALREADY_RUNNING' })
    expect(await pids()).toEqual(before)
  })

  test('shows the last lines of a service, and of all with their names', async () => {
    const lines = async (count: number, service?: string): Promise<string[]> => {
      const found: string[] = []
      const options = { home: lab.home, lines: count, follow: false, signal: never }
      for await (const line of nativeEngine.logs({ ...options, ...(service ? { service } : {}) })) found.push(line)
      return found
    }
    expect((await lines(50, 'kafka')).join('\n')).toContain('Kafka Server started')
    expect(await lines(2, 'kafka')).toHaveLength(2)
    expect((await lines(3)).some((line) => /^mysql +\| .*MariaDB Server/.test(line))).toBe(true)
    await expect(lines(3, 'spark')).rejects.toMatchObject({ code: 'LAB_USAGE' })
  })
})

describe('one service', () => {
  test('is stopped, started and restarted without touching the others', async () => {
    const before = await status()
    await nativeEngine.stopService(lab.home, 'gateway')
    expect(await lab.statusOf('gateway')).not.toHaveProperty('pid')
    expect((await lab.statusOf('gateway')).state).toBe('stopped')
    await nativeEngine.startService(lab.home, 'gateway')
    await nativeEngine.restart(lab.home, 's3')
    const after = await status()
    for (const { name, state, pid } of after) {
      expect({ name, state }).toEqual({ name, state: 'ready' })
      const touched = name === 'gateway' || name === 's3'
      expect(pid === before.find((service) => service.name === name)?.pid).toBe(!touched)
    }
  })

  test('brings what it depends on back with it', async () => {
    await nativeEngine.stopService(lab.home, 'gateway')
    await nativeEngine.stopService(lab.home, 'rest-proxy')
    await nativeEngine.startService(lab.home, 'gateway')
    expect((await lab.statusOf('rest-proxy')).state).toBe('ready')
    expect((await lab.statusOf('gateway')).state).toBe('ready')
  })

  test('that does not exist is named', async () => {
    await expect(nativeEngine.restart(lab.home, 'spark')).rejects.toMatchObject({ code: 'LAB_USAGE' })
  })

  test.each(serviceNames)('%s comes back after kill -9, and the others go on', { timeout: 120_000 }, async (name) => {
    const before = await status()
    const { pid, restarts } = await lab.statusOf(name)
    process.kill(pid!, 'SIGKILL')
    await vi.waitFor(async () => {
      expect(await lab.statusOf(name)).toMatchObject({ state: 'ready', restarts: restarts! + 1 })
    }, eventually)
    for (const other of await status()) {
      if (other.name !== name) expect(other.pid).toBe(before.find((service) => service.name === other.name)?.pid)
    }
  })
})

test(
  'what MySQL, Kafka and S3 acknowledged outlives kill -9 of all of them, and a stop',
  { timeout: 240_000 },
  async () => {
    const [topic = ''] = topicNames(lab.profile.userId)
    const bucket = 'kept'
    const root = await asRoot()
    await root.query('CREATE TABLE pinterest_data.kept (id INT PRIMARY KEY)')
    await root.query('INSERT INTO pinterest_data.kept VALUES (42)')
    await root.end()
    const producer = broker().producer()
    await producer.connect()
    const [written] = await producer.send({ topic, acks: -1, messages: [{ value: 'kept', partition: 1 }] })
    await producer.disconnect()
    await storage().send(new CreateBucketCommand({ Bucket: bucket }))
    await storage().send(new PutObjectCommand({ Bucket: bucket, Key: 'a+1', Body: 'kept' }))

    const isThere = async (): Promise<void> => {
      const connection = await asRoot()
      expect((await connection.query('SELECT id FROM pinterest_data.kept'))[0]).toEqual([{ id: 42 }])
      await connection.end()
      const admin = broker().admin()
      await admin.connect()
      const offsets = await admin.fetchTopicOffsets(topic)
      await admin.disconnect()
      expect(offsets.find(({ partition }) => partition === 1)?.high).toBe(String(BigInt(written!.baseOffset!) + 1n))
      const object = await storage().send(new GetObjectCommand({ Bucket: bucket, Key: 'a+1' }))
      expect(await object.Body?.transformToString()).toBe('kept')
    }

    for (const name of ['mysql', 'kafka', 's3'] as const) process.kill((await lab.statusOf(name)).pid!, 'SIGKILL')
    await vi.waitFor(async () => {
      expect((await status()).filter(({ state }) => state !== 'ready')).toEqual([])
      expect((await lab.statusOf('kafka')).restarts).toBeGreaterThan(1)
      await isThere()
    }, eventually)

    await lab.down()
    expect(await remainsOf(lab)).toEqual([])
    expect((await status()).map(({ state }) => state)).toEqual(serviceNames.map(() => 'stopped'))
    await expect(nativeEngine.restart(lab.home, 'kafka')).rejects.toMatchObject({ code: 'LAB_NOT_RUNNING' })
    await lab.down() // a second stop has nothing to do

    await lab.up(['mysql', 'kafka', 's3'])
    await isThere()
  },
)
