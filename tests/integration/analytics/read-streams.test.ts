import { afterAll, beforeAll, expect, test } from 'vitest'
import { CreateStreamCommand, kinesisClient, PutRecordsCommand, type KinesisClient } from '../../../clients/kinesis.ts'
import { readStreams, type Positions, type StreamRecord } from '../../../analytics/verify/stream/read-stream.ts'
import { startKinesis, type TestKinesis } from '../../support/services.ts'

let kinesis: TestKinesis
let client: KinesisClient
const streams = ['one', 'two', 'gone']

beforeAll(async () => {
  kinesis = await startKinesis({ port: 21_560, enforceShardLimits: true })
  client = kinesisClient({ ...kinesis, maxAttempts: 10 })
  for (const name of ['one', 'two']) await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: 2 }))
  await put('one', 1_000, 100)
  await put('two', 500, 3_000)
}, 60_000)
afterAll(async () => {
  client.destroy()
  await kinesis[Symbol.asyncDispose]()
})

async function put(stream: string, count: number, bytes: number): Promise<void> {
  for (let from = 0; from < count; from += 250) {
    let left = Array.from({ length: 250 }, (_, at) => ({
      Data: Buffer.from(`${String(from + at)} `.padEnd(bytes, '.')),
      PartitionKey: String(at),
    }))
    while (left.length > 0) {
      const sent = left
      const { Records: results = [] } = await client.send(new PutRecordsCommand({ StreamName: stream, Records: sent }))
      left = sent.filter((_, at) => results[at]?.ErrorCode !== undefined)
    }
  }
}

async function read(positions: Positions): Promise<Map<string, StreamRecord[]>> {
  const found = new Map<string, StreamRecord[]>(streams.map((stream) => [stream, []]))
  const take = (stream: string, records: readonly StreamRecord[]): void => {
    found.get(stream)!.push(...records)
  }
  await readStreams(client, streams, positions, take, AbortSignal.timeout(50_000))
  return found
}

test('every record is read once, in its shard’s order; then only what came since; a stream that is not there has none', async () => {
  const positions: Positions = new Map()
  const all = await read(positions)
  expect([...all].map(([stream, { length }]) => [stream, length])).toEqual([
    ['one', 1_000],
    ['two', 500],
    ['gone', 0],
  ])
  const numbers = all.get('one')!.map(({ data }) => Number(data.toString().split(' ')[0]))
  expect(new Set(numbers).size).toBe(1_000)
  for (const shard of new Set(all.get('one')!.map(({ shardId }) => shardId))) {
    const ofShard = all
      .get('one')!
      .filter(({ shardId }) => shardId === shard)
      .map(({ sequenceNumber }) => BigInt(sequenceNumber))
    expect(ofShard).toEqual(ofShard.toSorted((a, b) => (a < b ? -1 : 1)))
  }
  await put('two', 250, 10)
  const since = await read(positions)
  expect([...since.values()].map(({ length }) => length)).toEqual([0, 250, 0])
})

test('reads that the shards throttle are repeated: six readers of shards that give five calls a second', async () => {
  const readings = await Promise.all(Array.from({ length: 6 }, async () => read(new Map())))
  for (const found of readings) expect([...found.values()].map(({ length }) => length)).toEqual([1_000, 750, 0])
}, 60_000)
