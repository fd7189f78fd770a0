import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, test } from 'vitest'
import {
  CreateStreamCommand,
  kinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordsCommand,
  SplitShardCommand,
  type KinesisClient,
} from '../../../clients/kinesis.ts'
import { Config } from '../../../services/kinesis/config.ts'
import { startKinesis as startInProcess } from '../../../services/kinesis/server.ts'
import { createLog } from '../../../services/runtime/log.ts'
import { startKinesis, type TestKinesis } from '../../support/services.ts'
import { eventually, range, sparkEnvironment, sparkTools } from './harness.ts'

interface SourceRow {
  readonly partitionKey: string
  readonly data: string
  readonly stream: string
  readonly shardId: string
  readonly sequenceNumber: string
  readonly approximateArrivalTimestamp: string
}
type Result = { readonly batches: SourceRow[][] } | { readonly error: string }

let server: TestKinesis
let kinesis: KinesisClient
let folder: string
let python: ChildProcessByStdio<Writable, Readable, null>
let answers: AsyncIterator<string>
const testTimeout = 120_000

beforeAll(async () => {
  server = await startKinesis({ port: 21_460, enforceShardLimits: true })
  kinesis = kinesisClient(server)
  folder = await mkdtemp(join(tmpdir(), 'pinlab-source-'))
  python = spawn(sparkTools.python, [join(import.meta.dirname, 'source-session.py')], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: sparkEnvironment(server),
  })
  answers = createInterface(python.stdout)[Symbol.asyncIterator]()
  await answers.next()
}, 120_000)

afterAll(async () => {
  python.kill('SIGKILL')
  kinesis.destroy()
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
}, 30_000)

/** All that is there, in the micro-batches that it came in. */
async function query(streamName: string, options: Record<string, string>, checkpoint = streamName): Promise<Result> {
  const all = { streamName, endpointUrl: server.endpoint, region: server.region, ...options }
  python.stdin.write(`${JSON.stringify({ options: all, checkpoint: `file://${join(folder, checkpoint)}` })}\n`)
  return JSON.parse(((await answers.next()) as { value: string }).value) as Result
}

async function rowsOf(...given: Parameters<typeof query>): Promise<SourceRow[]> {
  return (await batchesOf(...given)).flat()
}

async function batchesOf(...given: Parameters<typeof query>): Promise<SourceRow[][]> {
  const result = await query(...given)
  if ('error' in result) throw new Error(result.error)
  return result.batches.filter(({ length }) => length > 0)
}

async function create(StreamName: string, ShardCount: number): Promise<void> {
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount }))
}

async function put(
  StreamName: string,
  values: readonly number[],
  key = (value: number) => String(value),
): Promise<void> {
  await eventually(async () => {
    const Records = values.map((value) => ({ Data: Buffer.from(String(value)), PartitionKey: key(value) }))
    const answer = await kinesis.send(new PutRecordsCommand({ StreamName, Records }))
    expect(answer.FailedRecordCount).toBe(0)
  })
}

const values = (rows: readonly SourceRow[]): number[] => rows.map(({ data }) => Number(data)).sort((a, b) => a - b)
const earliest = { initialPosition: 'earliest' }

test("the columns are those of Databricks' connector", { timeout: testTimeout }, async () => {
  await create('columns', 1)
  await put('columns', [7])
  const [row] = await rowsOf('columns', earliest)
  expect(Object.keys(row ?? {})).toEqual([
    ...['partitionKey', 'data', 'stream', 'shardId', 'sequenceNumber', 'approximateArrivalTimestamp'],
  ])
  expect(row).toMatchObject({ partitionKey: '7', data: '7', stream: 'columns', shardId: 'shardId-000000000000' })
  expect(Math.abs(Date.parse(`${row?.approximateArrivalTimestamp ?? ''}Z`) - Date.now())).toBeLessThan(60_000)
})

test(
  'a query goes on after its last record; a batch holds at most maxRecordsPerBatch',
  { timeout: testTimeout },
  async () => {
    await create('bounded', 2)
    await put('bounded', range(0, 100))
    const batches = await batchesOf('bounded', { ...earliest, maxRecordsPerBatch: '30', maxRecordsPerFetch: '7' })
    expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(30)
    expect(values(batches.flat())).toEqual(range(0, 100))
    await put('bounded', range(100, 150))
    expect(values(await rowsOf('bounded', earliest))).toEqual(range(100, 150))
    expect(await rowsOf('bounded', earliest)).toEqual([])
  },
)

test(
  'initialPosition latest and at_timestamp, also when the query is started again before the first record',
  { timeout: testTimeout },
  async () => {
    await create('positions', 2)
    await put('positions', range(0, 10))
    await sleep(1_100)
    const at = new Date().toISOString()
    expect(await rowsOf('positions', { initialPosition: 'latest' }, 'latest')).toEqual([])
    await put('positions', range(10, 20))
    expect(values(await rowsOf('positions', { initialPosition: 'latest' }, 'latest'))).toEqual(range(10, 20))
    const since = await rowsOf('positions', { initialPosition: JSON.stringify({ at_timestamp: at }) }, 'since')
    expect(values(since)).toEqual(range(10, 20))
  },
)

test('a split and a merge are followed: nothing lost, in order per key', { timeout: testTimeout }, async () => {
  const StreamName = 'resharded'
  const key = (value: number): string => `key-${String(value % 5)}`
  const openShards = async () => {
    const { Shards: shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }))
    return shards.filter(({ SequenceNumberRange: range }) => range?.EndingSequenceNumber === undefined)
  }
  await create(StreamName, 1)
  await put(StreamName, range(0, 50), key)
  const seen = await rowsOf(StreamName, { ...earliest, maxRecordsPerBatch: '20' })
  await put(StreamName, range(50, 100), key)
  await kinesis.send(
    new SplitShardCommand({ StreamName, ShardToSplit: 'shardId-000000000000', NewStartingHashKey: String(2n ** 127n) }),
  )
  await put(StreamName, range(100, 150), key)
  const [first, second] = await openShards()
  await kinesis.send(
    new MergeShardsCommand({ StreamName, ShardToMerge: first?.ShardId, AdjacentShardToMerge: second?.ShardId }),
  )
  await put(StreamName, range(150, 200), key)
  seen.push(...(await rowsOf(StreamName, { ...earliest, maxRecordsPerBatch: '20' })))
  expect(values(seen)).toEqual(range(0, 200))
  for (const of of range(0, 5)) {
    const order = seen
      .filter(({ partitionKey }) => partitionKey === `key-${String(of)}`)
      .map(({ data }) => Number(data))
    expect(order).toEqual(order.toSorted((a, b) => a - b))
  }
})

test(
  'an idle day fails no query unless failOnDataLoss says so, as the checkpoint cannot tell it from a lost day',
  { timeout: testTimeout },
  async () => {
    let agoMs = 25 * 3_600_000
    const config = Config.parse({ port: 21_461, dataDir: join(folder, 'aging') })
    const log = createLog('test', 'silent')
    await using aging = await startInProcess(config, { log, nowMs: () => Date.now() - agoMs })
    const endpoint = `http://127.0.0.1:${String(aging.port)}`
    const young = kinesisClient({ ...server, endpoint })
    const send = async (...data: number[]): Promise<unknown> =>
      young.send(
        new PutRecordsCommand({
          StreamName: 'aging',
          Records: data.map((value) => ({ Data: Buffer.from(String(value)), PartitionKey: 'a' })),
        }),
      )
    await young.send(new CreateStreamCommand({ StreamName: 'aging', ShardCount: 1 }))
    await send(1, 2)
    const options = { ...earliest, endpointUrl: endpoint }
    expect(values(await rowsOf('aging', options))).toEqual([1, 2])
    agoMs = 0
    expect(await rowsOf('aging', options)).toEqual([])
    await send(3)
    const result = await query('aging', options)
    expect('error' in result ? result.error : '').toMatch(/records of stream aging may have expired unread/)
    expect(values(await rowsOf('aging', { ...options, failOnDataLoss: 'false' }))).toEqual([3])
    young.destroy()
  },
)

it.each([
  [{ initialPostion: 'latest' }, /option initialpostion is refused .* there is no such option/],
  [{ roleArn: 'arn:aws:iam::1:role/x' }, /option roleArn is refused .* takes keys only/],
  [{ consumerMode: 'efo' }, /option consumerMode is refused .* enhanced fan-out is not supported/],
  [{ initialPosition: 'yesterday' }, /option initialPosition must be latest, trim_horizon, earliest or/],
  [{ maxRecordsPerFetch: '10001' }, /option maxRecordsPerFetch must be a whole number from 1 to 10000/],
  [{ awsAccessKey: 'x' }, /awsAccessKey and awsSecretKey go together/],
  [{ streamName: 'a,b' }, /option streamName takes one stream/],
  [{ streamName: 'missing' }, /stream missing is not there/],
])(
  '%j is told',
  async (options, message) => {
    const result = await query('refused', options, 'refused')
    expect('error' in result ? result.error : '').toMatch(message)
  },
  testTimeout,
)
