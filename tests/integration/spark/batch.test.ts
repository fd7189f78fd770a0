import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answer, type AnswerResult } from '../../../analytics/duckdb/answers.ts'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, s3Client } from '../../../clients/s3.ts'
import {
  entityNames,
  objectKey,
  queryIds,
  topicName,
  variants,
  type EntityName,
  type Variant,
} from '../../../contract/index.ts'
import { engineDifferences } from '../../../lab/engine-answers.ts'
import { labHome } from '../../../lab/home.ts'
import { toolPaths } from '../../../lab/install/tools.ts'
import { SparkAnswers, type SparkAnswersResult } from '../../../lab/spark-answers.ts'
import { datasetRow } from '../../../seed/dataset.ts'
import { startS3, type TestS3 } from '../../support/services.ts'
import { bucket, userId } from './harness.ts'

const signal = AbortSignal.timeout(900_000)
const outputUri = `s3a://${bucket}/batch`
const dataset = { seed: 11, size: 200 }
const rowOf = (entity: EntityName, ind: number): object => datasetRow(dataset, ind)[entity].row
const some = (entity: EntityName): object[] => Array.from({ length: 60 }, (_, ind) => rowOf(entity, ind))

/** Copies, differing ones, ties, gaps, what rule 11 rejects, and bytes that are no text. */
const records: Record<EntityName, readonly (object | string | Buffer)[]> = {
  pin: [
    ...some('pin'),
    rowOf('pin', 3),
    { ...rowOf('pin', 5), follower_count: '999M', category: 'travel' },
    { ...rowOf('pin', 6), follower_count: 'many', category: ' ' },
    '{not JSON',
    Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
    rowOf('geo', 1),
  ],
  geo: [...some('geo'), rowOf('geo', 5), { ...rowOf('geo', 8), country: '', timestamp: 'soon' }, { country: 'Peru' }],
  user: [...some('user'), { ...rowOf('user', 3), first_name: 'Zoë' }, { ...rowOf('user', 11), age: 17 }, { age: 5 }],
}

let folder: string
let s3: TestS3
let spark: SparkAnswersResult

const lineOf = (record: object | string | Buffer): Buffer =>
  Buffer.isBuffer(record) ? record : Buffer.from(typeof record === 'string' ? record : JSON.stringify(record))

/** Two partitions a topic, files of one and of several records, as the sink writes them; and an object that is not its own. */
async function land(): Promise<void> {
  const client = s3Client(s3)
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  const put = async (key: string, lines: readonly Buffer[]): Promise<unknown> =>
    client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])),
      }),
    )
  for (const entity of entityNames) {
    const topic = topicName(userId, entity)
    for (const partition of [0, 1]) {
      const own = records[entity].filter((_, place) => place % 2 === partition).map(lineOf)
      for (let at = 0, size = 1; at < own.length; at += size, size = (size % 7) + 1)
        await put(objectKey(topic, partition, BigInt(at)), own.slice(at, at + size))
    }
  }
  await put(`topics/${topicName(userId, 'pin')}/notes.txt`, [Buffer.from('{"index": 7}')])
  client.destroy()
}

const byDuckdb = async (variant: Variant): Promise<AnswerResult> =>
  answer({ s3, bucket, userId, queries: queryIds, variant, signal })

async function bySpark(options: { user?: string; outputUri?: string; onStep?: (step: string) => void }) {
  const { user = userId, ...rest } = options
  await using process = await SparkAnswers.start({
    home: labHome(folder),
    tools: toolPaths(labHome().tools),
    s3,
    source: { bucket },
    userId: user,
    queries: queryIds,
    variants,
    signal,
    ...rest,
  })
  return await process.answer({})
}

const steps: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinlab-batch-'))
  s3 = await startS3({ port: 21_620 })
  await land()
  spark = await bySpark({ outputUri, onStep: (step) => steps.push(step) })
}, 400_000)

afterAll(async () => {
  await s3[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

test.each(variants)('Spark and DuckDB give the same answers, variant %s', async (variant) => {
  const duckdb = await byDuckdb(variant)
  expect(duckdb.answers['4']?.length).toBeGreaterThan(10)
  expect(engineDifferences(spark.answers[variant] ?? {}, duckdb.answers)).toEqual([])
})

test('a differing cell would be told', async () => {
  const { answers } = await byDuckdb('naive')
  expect(engineDifferences(spark.answers.right ?? {}, answers)).not.toEqual([])
})

test('both count the same records, copies, rejected and nulled values', async () => {
  const { tables, orphans, nulled, outsideAgeGroups, quarantine } = await byDuckdb('right')
  expect(quarantine.total).toBe(5)
  expect(spark).toMatchObject({ tables, orphans, nulled, outsideAgeGroups, quarantine })
})

test('it writes the clean tables and each answer, and says its steps', async () => {
  const client = s3Client(s3)
  for (const id of queryIds) {
    const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `batch/answers/${id}.json` }))
    expect(JSON.parse((await object.Body?.transformToString()) ?? '')).toEqual(spark.answers.right?.[id])
    const parquet = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `batch/answers/${id}.parquet` }))
    expect((await parquet.Body?.transformToString('latin1'))?.slice(0, 4)).toBe('PAR1')
  }
  for (const entity of entityNames)
    await client.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: `batch/${userId}_${entity}_clean/_delta_log/00000000000000000000.json`,
      }),
    )
  client.destroy()
  expect(steps.map((step) => step.split(':')[0])).toEqual([
    'start Spark',
    'read, clean and answer',
    'write the clean tables',
    'write the answers',
  ])
})

test('topics without objects give empty answers', { timeout: 300_000 }, async () => {
  const nobody = await bySpark({ user: 'ffffffffffff' })
  expect(nobody.tables.pin.records).toBe(0)
  expect(nobody.answers.right?.['4']).toEqual([])
})
