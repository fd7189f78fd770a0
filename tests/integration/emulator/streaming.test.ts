import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kafkaClient } from '../../../clients/kafka.ts'
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  kinesisClient,
  ListShardsCommand,
} from '../../../clients/kinesis.ts'
import {
  isBatchAcknowledgement,
  pathNames,
  streamName,
  streamNames,
  topicNames,
  type Acknowledgement,
  type StreamAcknowledgement,
} from '../../../contract/index.ts'
import { parsePosting, type PostingOptions } from '../../../emulator/options.ts'
import { postFrom, type EmulatorSummary } from '../../../emulator/run.ts'
import { startKafka, type TestKafka } from '../../support/services.ts'
import {
  emulatorProcess,
  everyRecord,
  recordsOf,
  tablesOf,
  temporaryLedger,
  userId,
  type TemporaryLedger,
} from '../../unit/emulator/fixtures.ts'
import { startNodeService, type NodeService } from './front-door.ts'

const ports = { kafka: 21_392, restProxy: 21_382, gateway: 21_380, kinesis: 21_367 }
const credentials = { accessKeyId: 'LABTESTACCESSKEY0001', secretAccessKey: 'x'.repeat(40) }
const aws = { region: 'us-east-1', ...credentials }
const endpoint = `http://127.0.0.1:${String(ports.kinesis)}`
const source = tablesOf(11_154)
const never = { signal: new AbortController().signal }

const client = kinesisClient({ endpoint, ...aws, maxAttempts: 10 })

let folder: string
let kafka: TestKafka
let restProxy: NodeService
let kinesis: NodeService
let gateway: NodeService

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emulator-'))
  kafka = await startKafka({ port: ports.kafka })
  const admin = kafkaClient({ brokers: kafka.brokers, clientId: 'test' }).admin()
  await admin.connect()
  const topics = topicNames(userId).map((topic) => ({ topic, numPartitions: 3 }))
  await admin.createTopics({ topics, waitForLeaders: true })
  await admin.disconnect()
  restProxy = await startNodeService('rest-proxy', { port: ports.restProxy, brokers: kafka.brokers })
  kinesis = await startNodeService('kinesis', {
    port: ports.kinesis,
    dataDir: join(folder, 'kinesis'),
    enforceShardLimits: true,
    credentials,
  })
  for (const StreamName of streamNames(userId)) {
    await client.send(new CreateStreamCommand({ StreamName, ShardCount: 3 }))
  }
  gateway = await startNodeService('gateway', {
    port: ports.gateway,
    stage: 'test',
    stageVariables: { restProxyHost: `127.0.0.1:${String(ports.restProxy)}` },
    aws: { ...aws, endpoints: { kinesis: endpoint } },
  })
}, 90_000)
afterAll(async () => {
  client.destroy()
  for (const part of [gateway, kinesis, restProxy, kafka]) await part[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const optionsOf = (ledger: TemporaryLedger, over: Partial<PostingOptions> = {}): PostingOptions => ({
  invokeUrl: `http://127.0.0.1:${String(ports.gateway)}/test`,
  userId,
  ledgerPath: ledger.path,
  posts: 200,
  order: 'course',
  paths: pathNames,
  ...over,
})
const post = (options: PostingOptions, tables = source) => postFrom(tables, parsePosting(options), never)

interface StoredRecord {
  readonly place: string
  readonly key: string
  readonly json: string
}

/** Every record of the three streams, each shard's in its order. */
async function storedRecords(): Promise<StoredRecord[]> {
  const records: StoredRecord[] = []
  for (const StreamName of streamNames(userId)) {
    const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }))
    for (const { ShardId } of Shards) {
      let { ShardIterator } = await client.send(
        new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
      )
      for (let isBehind = true; isBehind;) {
        const page = await client.send(new GetRecordsCommand({ ShardIterator }))
        for (const { SequenceNumber = '', PartitionKey = '', Data = new Uint8Array() } of page.Records ?? []) {
          const place = `${StreamName} ${ShardId ?? ''} ${SequenceNumber}`
          // a mapping template may write a character as \\u and four digits
          records.push({ place, key: PartitionKey, json: JSON.stringify(JSON.parse(Buffer.from(Data).toString())) })
        }
        ShardIterator = page.NextShardIterator
        isBehind = (page.MillisBehindLatest ?? 0) > 0
      }
    }
  }
  return records
}

const isStreamed = (line: Acknowledgement): line is StreamAcknowledgement => !isBatchAcknowledgement(line)
const placeOf = ({ stream, shard, sequenceNumber }: StreamAcknowledgement): string =>
  `${stream} ${shard} ${sequenceNumber}`

/**
 * Every record of the run acknowledged once on each path; on the streams at a place of its own, where Kinesis holds just that
 * row under its key.
 * @returns the streams' lines
 */
async function expectWhole(ledger: TemporaryLedger, posts: number, key?: string): Promise<StreamAcknowledgement[]> {
  const all = await ledger.read()
  const lines = all.filter(isStreamed)
  expect(recordsOf(lines)).toEqual(everyRecord(posts))
  const batch = all.filter(isBatchAcknowledgement)
  if (batch.length > 0) expect(recordsOf(batch)).toEqual(everyRecord(posts))
  expect(new Set(lines.map(placeOf)).size).toBe(posts * 3)
  const stored = new Map((await storedRecords()).map((record) => [record.place, record]))
  const rows = await source.read(lines.map(({ ind }) => ind))
  for (const line of lines) {
    expect(line.stream).toBe(streamName(userId, line.entity))
    expect(stored.get(placeOf(line))).toMatchObject({
      key: key ?? String(line.ind),
      json: JSON.stringify(rows.get(line.ind)?.rows[line.entity]),
    })
  }
  return lines
}

describe('the emulator at the front door of both paths', () => {
  test.each([{ batchRecords: 1 }, { batchRecords: 100 }])(
    'posts every row on each, $batchRecords a request',
    async ({ batchRecords }) => {
      await using ledger = await temporaryLedger()
      const summary = await post(optionsOf(ledger, { posts: 300, batchRecords }))
      expect(summary).toMatchObject({ posts: 300, records: 1_800, recordsByPath: { batch: 900, stream: 900 } })
      await expectWhole(ledger, 300)
    },
  )

  test.each([
    { what: 'the gateway', fault: () => gateway.killAndRestart() },
    { what: 'Kinesis', fault: () => kinesis.killAndRestart() },
  ])('loses nothing when $what is killed and comes back', { timeout: 120_000 }, async ({ fault }) => {
    await using ledger = await temporaryLedger()
    let faulting: Promise<void> | undefined
    const options = parsePosting(optionsOf(ledger, { posts: 600, ratePerSecond: 100 }))
    await postFrom(source, options, {
      ...never,
      onProgress: ({ posts }) => {
        if (posts >= 100) faulting ??= fault()
      },
    })
    await faulting
    await expectWhole(ledger, 600)
  })

  test('goes on where kill -9 stopped it', { timeout: 120_000 }, async () => {
    await using ledger = await temporaryLedger()
    const before = (await storedRecords()).length
    const concurrency = 8
    const options = optionsOf(ledger, { posts: 1_500, concurrency })
    const kills = 3
    for (let kill = 1; kill <= kills; kill += 1) {
      const victim = emulatorProcess(options)
      while ((await ledger.read()).length < kill * 1_500) await delay(20)
      victim.kill('SIGKILL')
      const [, , [, signal]] = await victim.ended
      expect(signal).toBe('SIGKILL')
    }
    const [stdout, stderr] = await emulatorProcess(options).ended
    expect(stderr).toBe('')
    const summary = JSON.parse(stdout) as EmulatorSummary
    expect(summary).toMatchObject({ posts: 1_500, recordsByPath: { batch: 4_500, stream: 4_500 } })
    expect(summary.resumedPosts).toBeGreaterThan(0)
    await expectWhole(ledger, 1_500)
    // twice stored is at most what was under way at a kill
    const stored = (await storedRecords()).length - before
    expect(stored - 4_500).toBeLessThanOrEqual(kills * concurrency)
  })
})

describe('the emulator at the streams', () => {
  test.each([{ batchRecords: 1 }, { batchRecords: 40 }])(
    'keeps the posts of a row in order, $batchRecords a request',
    async ({ batchRecords }) => {
      await using ledger = await temporaryLedger()
      const options = optionsOf(ledger, { posts: 400, order: 'sequential', paths: ['stream'], batchRecords })
      await post(options, { ...source, rowCounts: { pin: 30, geo: 30, user: 30 } })
      const lines = await expectWhole(ledger, 400)
      for (const sameKey of Map.groupBy(lines, ({ entity, ind }) => `${entity} ${String(ind)}`).values()) {
        expect(new Set(sameKey.map(({ shard }) => shard)).size).toBe(1)
        const numbers = sameKey
          .toSorted((a, b) => a.emission - b.emission)
          .map(({ sequenceNumber }) => BigInt(sequenceNumber))
        expect(numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? 0n))).toBe(true)
      }
    },
  )

  test('has every record taken by the one hot shard of a constant key', { timeout: 120_000 }, async () => {
    await using ledger = await temporaryLedger()
    const batchRecords = 500
    const options = optionsOf(ledger, { posts: 4_000, paths: ['stream'], batchRecords, partitionKey: 'test' })
    const { retries, seconds } = await post(options)
    expect(retries).toBeGreaterThan(0)
    expect(seconds).toBeGreaterThan(2.9) // 1,000 records at once, then 1,000 a second
    const lines = await expectWhole(ledger, 4_000, 'test')
    for (const ofStream of Map.groupBy(lines, ({ stream }) => stream).values()) {
      expect(new Set(ofStream.map(({ shard }) => shard)).size).toBe(1)
      const requests = ofStream
        .toSorted((a, b) => (BigInt(a.sequenceNumber) < BigInt(b.sequenceNumber) ? -1 : 1))
        .map(({ emission }) => Math.floor(emission / batchRecords))
      expect(requests).toEqual(requests.toSorted((a, b) => a - b))
    }
  })

  test('names the stream that is not there', async () => {
    await using ledger = await temporaryLedger()
    const options = optionsOf(ledger, { userId: 'f'.repeat(12), paths: ['stream'] })
    await expect(post(options)).rejects.toMatchObject({
      code: 'LAB_EMULATION_FAILED',
      what: expect.stringContaining('stream streaming-ffffffffffff-') as string,
      why: expect.stringContaining('ResourceNotFoundException') as string,
      fix: expect.stringContaining('lab streams') as string,
    })
  })

  test('names the line of a template that does not encode', async () => {
    await using plain = await startNodeService('gateway', {
      port: 21_381,
      stage: 'test',
      stageVariables: { restProxyHost: `127.0.0.1:${String(ports.restProxy)}`, putRecordTemplate: 'plain' },
      aws: { ...aws, endpoints: { kinesis: endpoint } },
    })
    expect(plain).toBeDefined()
    await using ledger = await temporaryLedger()
    const options = optionsOf(ledger, { invokeUrl: 'http://127.0.0.1:21381/test', paths: ['stream'] })
    await expect(post(options)).rejects.toMatchObject({
      code: 'LAB_EMULATION_FAILED',
      why: expect.stringMatching(/x-pinlab-template: .*line 4.*Data/) as string,
      fix: expect.stringContaining('base64') as string,
    })
  })
})
