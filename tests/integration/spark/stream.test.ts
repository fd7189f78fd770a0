import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { CreateBucketCommand, s3Client } from '../../../clients/s3.ts'
import { kinesisClient, type KinesisClient } from '../../../clients/kinesis.ts'
import { entityNames, streamName, type EntityName } from '../../../contract/index.ts'
import { startKinesis, startS3, type TestKinesis, type TestS3 } from '../../support/services.ts'
import {
  bucket,
  createStreams,
  eventually,
  expectExactlyOnce,
  put,
  putRows,
  range,
  readTable,
  rowOf,
  StreamJob,
  userId,
} from './harness.ts'

let kinesisServer: TestKinesis
let s3: TestS3
let kinesis: KinesisClient
let job: StreamJob

beforeAll(async () => {
  kinesisServer = await startKinesis({ port: 21_450, enforceShardLimits: true })
  s3 = await startS3({ port: 21_451 })
  await s3Client(s3).send(new CreateBucketCommand({ Bucket: bucket }))
  kinesis = kinesisClient(kinesisServer)
  await createStreams(kinesis)
  await putRows(kinesis, range(0, 300))
  job = await StreamJob.create({ kinesis: kinesisServer, s3, statusPort: 21_452 })
  await job.start()
}, 180_000)

afterAll(async () => {
  await job[Symbol.asyncDispose]()
  kinesis.destroy()
  await Promise.all([kinesisServer[Symbol.asyncDispose](), s3[Symbol.asyncDispose]()])
}, 60_000)

test('the rows come clean, with place and time, each once', { timeout: 180_000 }, async () => {
  await expectExactlyOnce(kinesis, s3)
  const [pin, geo, user] = await Promise.all(entityNames.map(async (entity) => readTable(s3, 'clean', entity)))
  const place = ['shard_id', 'sequence_number', 'arrived_at', 'fingerprint']
  expect(pin?.snapshot.schema.map(({ name }) => name)).toEqual([
    ...['ind', 'unique_id', 'title', 'description', 'follower_count', 'poster_name', 'tag_list'],
    ...['is_image_or_video', 'image_src', 'save_location', 'category', ...place, 'follower_count_nulled'],
  ])
  expect(geo?.snapshot.schema.map(({ name }) => name)).toEqual([
    ...['ind', 'country', 'coordinates', 'timestamp', ...place, 'coordinates_nulled', 'timestamp_nulled'],
  ])
  expect(user?.snapshot.schema.map(({ name }) => name)).toEqual([
    ...['ind', 'user_name', 'age', 'date_joined', ...place, 'age_nulled', 'date_joined_nulled'],
  ])
  const of = (content: typeof pin) => content?.rows.find(({ ind }) => ind === 7)
  expect(of(pin)).toMatchObject({ title: 'Title 7 🎄', follower_count: 124_000, save_location: '/data/art' })
  expect(of(geo)).toMatchObject({
    coordinates: [-88.4642, -171.061],
    timestamp: expect.stringContaining('2018-03-04 05:06:07') as string,
  })
  expect(of(user)).toMatchObject({ user_name: 'Aaron Abbott', age: 20, age_nulled: false })
})

test('GET /queries tells what each query did', async () => {
  const queries = await eventually(async () => {
    const all = await job.queries()
    expect(all.every(({ lastBatchAt }) => lastBatchAt !== null)).toBe(true)
    return all
  })
  expect(queries.map(({ stream }) => stream)).toEqual(entityNames.map((entity) => streamName(userId, entity)))
  for (const query of queries) {
    expect(query).toMatchObject({ isActive: true, error: null, table: expect.stringContaining('_table') as string })
    expect(query.behindMs).toBeGreaterThan(0)
    const { snapshot } = await readTable(s3, 'clean', query.stream.split('-').at(-1) as EntityName)
    expect(snapshot.transactions.get(query.appId)).toBe(query.batchId)
  }
})

describe('records that rule 11 rejects are kept with place, reason and likely cause', () => {
  const twice = (text: string): string => Buffer.from(text).toString('base64')
  const cases: readonly (readonly [EntityName, string | Buffer, string])[] = [
    ['pin', 'hello', 'not JSON'],
    ['pin', rowOf.geo(1), 'a record of another table'],
    ['user', '{"age":3}', 'no ind'],
    ['geo', Buffer.from([0x7b, 0xff, 0x7d]), 'not JSON'],
    ['geo', JSON.stringify(rowOf.geo(1)), 'no ind: JSON inside JSON: the producer called json.dumps on Data'],
    ['geo', twice(rowOf.geo(1)), 'not JSON: base64 twice: the producer encoded Data, and so does the mapping template'],
    [
      'user',
      JSON.stringify(twice(rowOf.user(1))),
      'no ind: base64 twice: the producer encoded Data, and so does the mapping template',
    ],
    [
      'user',
      '{ind=7528, age=20}',
      'not JSON: an object written as {key=value}: the mapping template needs $input.json, or Data as text',
    ],
  ]
  beforeAll(async () => {
    for (const entity of entityNames)
      await put(
        kinesis,
        entity,
        cases.filter(([of]) => of === entity).map(([, text]) => text),
      )
    await expectExactlyOnce(kinesis, s3)
  }, 120_000)

  it.each(cases.map(([entity, text, reason]) => ({ entity, text, reason })))(
    '$entity: $text',
    async ({ entity, text, reason }) => {
      const { rows } = await readTable(s3, 'quarantine', entity)
      const value = Buffer.from(text).toString('utf8')
      expect(rows).toContainEqual(expect.objectContaining({ stream: streamName(userId, entity), reason, value }))
    },
  )
})

test('memory of the whole job is within 1.3 GiB', async () => {
  expect(await job.memoryMiB()).toBeLessThanOrEqual(1.3 * 1_024)
})

test('SIGTERM ends it in order, with code 0', async () => {
  expect(await job.stop()).toBe(0)
  expect(job.log).toContain('"msg": "stopped"')
})
