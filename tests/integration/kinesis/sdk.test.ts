import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  AddTagsToStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DeleteStreamCommand,
  DescribeLimitsCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  IncreaseStreamRetentionPeriodCommand,
  type KinesisClient,
  ListShardsCommand,
  ListStreamsCommand,
  ListTagsForStreamCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  RemoveTagsFromStreamCommand,
  SplitShardCommand,
  UpdateShardCountCommand,
} from '../../../clients/kinesis.ts'
import { startKinesis, type TestKinesis } from '../../support/services.ts'
import { clientOf, makeStream, readStream } from './wire-fixtures.ts'

let kinesis: TestKinesis
let client: KinesisClient

beforeAll(async () => {
  kinesis = await startKinesis({ port: 21_120 })
  client = clientOf(kinesis)
})
afterAll(async () => {
  client.destroy()
  await kinesis[Symbol.asyncDispose]()
})

const shardIds = async (StreamName: string, filter: object = {}): Promise<string[]> => {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName, ...filter }))
  return Shards.map(({ ShardId = '' }) => ShardId.replace('shardId-00000000000', ''))
}

it('gives back what was put, in order, with the acknowledged numbers', async () => {
  await makeStream(client, 'kept', 3)
  const acknowledged: string[] = []
  for (let call = 0; call < 3; call += 1) {
    const Records = Array.from({ length: 500 }, (_, index) => ({
      Data: Buffer.from(`${String(call)}-${String(index)}-ü`),
      PartitionKey: `key ${String(index)}`,
    }))
    const answer = await client.send(new PutRecordsCommand({ StreamName: 'kept', Records }))
    expect(answer.FailedRecordCount).toBe(0)
    acknowledged.push(
      ...(answer.Records ?? []).map(
        ({ SequenceNumber = '' }, index) => `${SequenceNumber} ${String(call)}-${String(index)}-ü`,
      ),
    )
  }
  const read = await readStream(client, 'kept')

  expect(read.map(({ sequenceNumber, text }) => `${sequenceNumber} ${text}`).sort()).toEqual(acknowledged.sort())
  for (const records of Map.groupBy(read, ({ shardId }) => shardId).values()) {
    const numbers = records.map(({ sequenceNumber }) => BigInt(sequenceNumber))
    expect(numbers.every((number, index) => index === 0 || number > numbers[index - 1]!)).toBe(true)
  }
})

it('takes an ARN wherever it takes a name', async () => {
  await makeStream(client, 'by-arn', 1)
  const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName: 'by-arn' }))
  const StreamARN = StreamDescriptionSummary?.StreamARN
  expect(StreamARN).toBe('arn:aws:kinesis:us-east-1:000000000000:stream/by-arn')
  expect(StreamDescriptionSummary).toMatchObject({
    StreamStatus: 'ACTIVE',
    OpenShardCount: 1,
    RetentionPeriodHours: 24,
  })

  await client.send(new PutRecordCommand({ StreamARN, Data: Buffer.from('x'), PartitionKey: 'a' }))
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamARN, ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' }),
  )
  const { Records } = await client.send(new GetRecordsCommand({ StreamARN, ShardIterator }))
  expect(Records).toHaveLength(1)
})

it('reads from each kind of position', async () => {
  await makeStream(client, 'positions', 1)
  const put = async (text: string): Promise<string> =>
    (await client.send(new PutRecordCommand({ StreamName: 'positions', Data: Buffer.from(text), PartitionKey: 'a' })))
      .SequenceNumber ?? ''
  await put('first')
  const second = await put('second')
  const texts = async (position: object): Promise<string[]> => {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamName: 'positions',
        ShardId: 'shardId-000000000000',
        ShardIteratorType: 'TRIM_HORIZON',
        ...position,
      }),
    )
    await put('late')
    const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 2 }))
    return Records.map(({ Data = new Uint8Array() }) => Buffer.from(Data).toString())
  }
  expect(await texts({})).toEqual(['first', 'second'])
  expect(await texts({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber: second })).toEqual([
    'second',
    'late',
  ])
  expect(await texts({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: second })).toEqual([
    'late',
    'late',
  ])
  expect(await texts({ ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(Date.now() - 60_000) })).toEqual([
    'first',
    'second',
  ])
  expect(await texts({ ShardIteratorType: 'LATEST' })).toEqual(['late'])
})

it('splits and merges; the children follow where the parent ends', async () => {
  await makeStream(client, 'split', 1)
  const before = new Date()
  const put = (text: string): Promise<unknown> =>
    client.send(new PutRecordCommand({ StreamName: 'split', Data: Buffer.from(text), PartitionKey: text }))
  await put('before')
  await client.send(
    new SplitShardCommand({
      StreamName: 'split',
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: String(2n ** 127n),
    }),
  )
  expect(await shardIds('split')).toEqual(['0', '1', '2'])
  expect(await shardIds('split', { ShardFilter: { Type: 'AT_LATEST' } })).toEqual(['1', '2'])
  expect(await shardIds('split', { ShardFilter: { Type: 'FROM_TRIM_HORIZON' } })).toEqual(['0', '1', '2'])
  expect(await shardIds('split', { ShardFilter: { Type: 'AT_TRIM_HORIZON' } })).toEqual(['0'])
  expect(await shardIds('split', { ShardFilter: { Type: 'AT_TIMESTAMP', Timestamp: before } })).toEqual(['0'])
  expect(await shardIds('split', { ShardFilter: { Type: 'FROM_TIMESTAMP', Timestamp: before } })).toEqual([
    '0',
    '1',
    '2',
  ])
  expect(await shardIds('split', { ShardFilter: { Type: 'AFTER_SHARD_ID', ShardId: 'shardId-000000000000' } })).toEqual(
    ['1', '2'],
  )

  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamName: 'split',
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  )
  const page = await client.send(new GetRecordsCommand({ ShardIterator }))
  expect(page.Records).toHaveLength(1)
  const end = page.NextShardIterator
    ? await client.send(new GetRecordsCommand({ ShardIterator: page.NextShardIterator }))
    : page
  expect(end.NextShardIterator).toBeUndefined()
  expect(end.ChildShards?.map(({ ShardId, ParentShards }) => [ShardId, ParentShards])).toEqual([
    ['shardId-000000000001', ['shardId-000000000000']],
    ['shardId-000000000002', ['shardId-000000000000']],
  ])

  await put('between')
  await client.send(
    new MergeShardsCommand({
      StreamName: 'split',
      ShardToMerge: 'shardId-000000000001',
      AdjacentShardToMerge: 'shardId-000000000002',
    }),
  )
  await put('after')
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamName: 'split' }))
  expect(StreamDescription?.Shards?.at(-1)).toMatchObject({
    ParentShardId: 'shardId-000000000001',
    AdjacentParentShardId: 'shardId-000000000002',
    HashKeyRange: { StartingHashKey: '0', EndingHashKey: String(2n ** 128n - 1n) },
  })
  expect((await readStream(client, 'split')).map(({ text }) => text).sort()).toEqual(['after', 'before', 'between'])
})

it('scales, and pages through shards', async () => {
  await makeStream(client, 'scaled', 2)
  expect(
    await client.send(
      new UpdateShardCountCommand({ StreamName: 'scaled', TargetShardCount: 4, ScalingType: 'UNIFORM_SCALING' }),
    ),
  ).toMatchObject({ StreamName: 'scaled', CurrentShardCount: 2, TargetShardCount: 4 })
  const all = await shardIds('scaled')
  const paged: string[] = []
  let NextToken: string | undefined
  do {
    const page = await client.send(
      new ListShardsCommand({ ...(NextToken === undefined ? { StreamName: 'scaled' } : { NextToken }), MaxResults: 2 }),
    )
    expect(page.Shards?.length).toBeLessThanOrEqual(2)
    paged.push(...(page.Shards ?? []).map(({ ShardId = '' }) => ShardId.replace('shardId-00000000000', '')))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  expect(paged).toEqual(all)

  const described = await client.send(
    new DescribeStreamCommand({ StreamName: 'scaled', Limit: 1, ExclusiveStartShardId: 'shardId-000000000000' }),
  )
  expect(described.StreamDescription).toMatchObject({
    HasMoreShards: true,
    Shards: [{ ShardId: 'shardId-000000000001' }],
  })
})

it('pages through streams', async () => {
  for (const name of ['page-a', 'page-b', 'page-c']) await makeStream(client, name, 1)
  const first = await client.send(new ListStreamsCommand({ ExclusiveStartStreamName: 'page', Limit: 2 }))
  expect(first).toMatchObject({ StreamNames: ['page-a', 'page-b'], HasMoreStreams: true })
  expect(first.StreamSummaries?.map(({ StreamName, StreamStatus }) => [StreamName, StreamStatus])).toEqual([
    ['page-a', 'ACTIVE'],
    ['page-b', 'ACTIVE'],
  ])
  const second = await client.send(new ListStreamsCommand({ NextToken: first.NextToken, Limit: 1 }))
  expect(second.StreamNames).toEqual(['page-c'])
  const limits = await client.send(new DescribeLimitsCommand({}))
  expect(limits.OpenShardCount).toBeGreaterThanOrEqual(3)

  await client.send(new DeleteStreamCommand({ StreamName: 'page-a' }))
  const left = await client.send(new ListStreamsCommand({ ExclusiveStartStreamName: 'page', Limit: 1 }))
  expect(left.StreamNames).toEqual(['page-b'])
})

it('keeps tags and retention', async () => {
  await makeStream(client, 'tagged', 1)
  await client.send(
    new AddTagsToStreamCommand({ StreamName: 'tagged', Tags: { owner: 'lab', stage: 'test', zone: '' } }),
  )
  await client.send(new RemoveTagsFromStreamCommand({ StreamName: 'tagged', TagKeys: ['stage'] }))
  const first = await client.send(new ListTagsForStreamCommand({ StreamName: 'tagged', Limit: 1 }))
  expect(first).toMatchObject({ HasMoreTags: true, Tags: [{ Key: 'owner', Value: 'lab' }] })
  const rest = await client.send(new ListTagsForStreamCommand({ StreamName: 'tagged', ExclusiveStartTagKey: 'owner' }))
  expect(rest).toMatchObject({ HasMoreTags: false, Tags: [{ Key: 'zone', Value: '' }] })

  await client.send(new IncreaseStreamRetentionPeriodCommand({ StreamName: 'tagged', RetentionPeriodHours: 48 }))
  await client.send(new DecreaseStreamRetentionPeriodCommand({ StreamName: 'tagged', RetentionPeriodHours: 36 }))
  const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName: 'tagged' }))
  expect(StreamDescriptionSummary?.RetentionPeriodHours).toBe(36)
})
