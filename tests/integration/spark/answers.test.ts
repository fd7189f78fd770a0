import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newestVersions } from '../../../analytics/delta/tables.ts'
import { openStorage } from '../../../analytics/delta/storage.ts'
import { answerStream, type StreamAnswerResult } from '../../../analytics/duckdb/stream-answers.ts'
import { checkEngineAnswers } from '../../../analytics/verify/stream/engine-answers.ts'
import { kinesisClient } from '../../../clients/kinesis.ts'
import { CreateBucketCommand, s3Client } from '../../../clients/s3.ts'
import {
  deltaTableName,
  entityNames,
  queryIds,
  variants,
  type Answers,
  type EntityName,
  type Variant,
} from '../../../contract/index.ts'
import { labHome } from '../../../lab/home.ts'
import { toolPaths } from '../../../lab/install/tools.ts'
import { SparkAnswers, type SparkAnswersResult } from '../../../lab/spark-answers.ts'
import { datasetRow } from '../../../seed/dataset.ts'
import { projectRoot } from '../../support/documents.ts'
import { startKinesis, startS3, type TestKinesis, type TestS3 } from '../../support/services.ts'
import { bucket, createStreams, eventually, put, StreamJob, userId } from './harness.ts'

const [kinesisPort, s3Port, statusPort] = [21_600, 21_601, 21_602]
const tablesUri = `s3a://${bucket}/delta`
const tools = toolPaths(labHome().tools)
const dataset = { seed: 11, size: 200 }
const rowOf = (entity: EntityName, ind: number): object => datasetRow(dataset, ind)[entity].row

/** What the streams hold, in two parts: copies, differing ones, ties, gaps and what rule 11 rejects. */
const first: Record<EntityName, readonly unknown[]> = {
  pin: [
    ...Array.from({ length: 80 }, (_, ind) => rowOf('pin', ind)),
    ...[3, 3, 4].map((ind) => rowOf('pin', ind)),
    { ...rowOf('pin', 5), follower_count: '999M', category: 'travel' },
    { ...rowOf('pin', 6), follower_count: 'many', category: ' ' },
    { ...rowOf('pin', 100), index: 900, follower_count: '999M' },
    '{not JSON',
    JSON.stringify(JSON.stringify(rowOf('pin', 1))),
    rowOf('geo', 1),
  ],
  geo: [
    ...Array.from({ length: 80 }, (_, ind) => rowOf('geo', ind)),
    ...[3, 5, 5].map((ind) => rowOf('geo', ind)),
    { ...rowOf('geo', 7), country: 'Åland', timestamp: '2018-12-31T23:30:00-01:00' },
    { ...rowOf('geo', 8), country: '', timestamp: 'soon' },
    { ...rowOf('geo', 9), latitude: 200 },
    { country: 'Peru' },
  ],
  user: [
    ...Array.from({ length: 80 }, (_, ind) => rowOf('user', ind)),
    ...[3, 10, 10].map((ind) => rowOf('user', ind)),
    { ...rowOf('user', 11), age: 17 },
    { ...rowOf('user', 12), age: 'old' },
    { ...rowOf('user', 13), age: '51', date_joined: '2016-01-01T00:30:00+01:00' },
    { age: 5 },
  ],
}
const second: Record<EntityName, readonly unknown[]> = {
  pin: [rowOf('pin', 5), { ...rowOf('pin', 14), category: 'tattoos' }],
  geo: [rowOf('geo', 90)],
  user: [rowOf('user', 90), { ...rowOf('user', 3), first_name: 'Zoë' }],
}

let folder: string
let kinesis: TestKinesis
let s3: TestS3
const signal = AbortSignal.timeout(900_000)

async function post(records: Record<EntityName, readonly unknown[]>): Promise<void> {
  const client = kinesisClient(kinesis)
  for (const entity of entityNames) {
    const texts = records[entity].map((record) => (typeof record === 'string' ? record : JSON.stringify(record)))
    await put(client, entity, texts)
  }
  client.destroy()
}

const byDuckdb = async (variant: Variant): Promise<StreamAnswerResult> =>
  answerStream({ s3, tablesUri, userId, queries: queryIds, variant, signal })

async function versionsNow(): Promise<Record<string, number>> {
  using storage = openStorage(tablesUri, s3, signal)
  return await newestVersions(storage)
}

const startSpark = async (python = tools.sparkPython, stopped = signal): Promise<SparkAnswers> =>
  SparkAnswers.start({
    home: labHome(folder),
    tools: { ...tools, sparkPython: python },
    s3,
    source: { tablesUri },
    userId,
    queries: queryIds,
    variants,
    signal: stopped,
  })

async function bySpark(versions: Record<string, number>, python?: string): Promise<SparkAnswersResult> {
  await using spark = await startSpark(python)
  return await spark.answer(versions)
}

const sizeOf = (records: Record<EntityName, readonly unknown[]>, entity: EntityName): number => records[entity].length

async function arrived(...parts: Record<EntityName, readonly unknown[]>[]): Promise<void> {
  await eventually(async () => {
    const { tables } = await byDuckdb('right')
    for (const entity of entityNames)
      expect(tables[entity].records).toBe(parts.reduce((sum, part) => sum + sizeOf(part, entity), 0))
  }, 240_000)
}

let versionsOfFirst: Record<string, number>
const ofFirst: Partial<Record<Variant, StreamAnswerResult>> = {}
let job: StreamJob

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinlab-answers-test-'))
  kinesis = await startKinesis({ port: kinesisPort })
  s3 = await startS3({ port: s3Port })
  await s3Client(s3).send(new CreateBucketCommand({ Bucket: bucket }))
  await createStreams(kinesisClient(kinesis), 3)
  job = await StreamJob.create({ kinesis, s3, statusPort })
  await post(first)
  await job.start()
  await arrived(first)
  versionsOfFirst = await versionsNow()
  for (const variant of variants) ofFirst[variant] = await byDuckdb(variant)
  await post(second)
  await arrived(first, second)
  await job.stop()
}, 600_000)
afterAll(async () => {
  await job[Symbol.asyncDispose]()
  await kinesis[Symbol.asyncDispose]()
  await s3[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
}, 60_000)

/** A python that writes down which SQL files it opens. */
async function tracingPython(trace: string): Promise<string> {
  const modules = join(folder, 'tracing')
  await mkdir(modules)
  await writeFile(
    join(modules, 'sitecustomize.py'),
    `import sys
def seen(event, args):
    if event == "open" and str(args[0]).endswith(".sql"):
        with open(${JSON.stringify(trace)}, "a") as trace:
            trace.write(str(args[0]) + "\\n")
sys.addaudithook(seen)
`,
  )
  const python = join(folder, 'python')
  await writeFile(python, `#!/bin/sh\nPYTHONPATH='${modules}' exec '${tools.sparkPython}' "$@"\n`)
  await chmod(python, 0o755)
  return python
}

test(
  'Spark answers as DuckDB does, cell by cell, both variants, counts and quarantine; and runs every SQL file',
  { timeout: 300_000 },
  async () => {
    const trace = join(folder, 'opened')
    const spark = await bySpark(await versionsNow(), await tracingPython(trace))
    const [right, naive] = [await byDuckdb('right'), await byDuckdb('naive')]
    expect(spark).toEqual({ ...right, answers: { right: right.answers, naive: naive.answers } })

    // the data hold what makes the answers differ
    expect(naive.answers).not.toEqual(right.answers)
    for (const id of queryIds) expect(right.answers[id]!.length, `query ${id}`).toBeGreaterThan(0)
    for (const entity of entityNames) {
      expect(right.tables[entity].equalDuplicates).toBeGreaterThan(0)
      expect(right.tables[entity].differingDuplicates).toBeGreaterThan(0)
      expect(right.tables[entity].rejected).toBeGreaterThan(0)
    }
    expect(right.answers['4']!.length).toBeGreaterThan(new Set(right.answers['4']!.map(({ country }) => country)).size)

    const sql = join(projectRoot, 'analytics', 'sql')
    const files = (await readdir(sql, { recursive: true })).filter((name) => name.endsWith('.sql'))
    const opened = (await readFile(trace, 'utf8')).trim().split('\n')
    // the tables are made by these: no row comes into them in another way
    const ofStreamJob = entityNames.map((entity) => join('clean', `${entity}.sql`))
    const run = new Set([...opened.map((path) => path.slice(sql.length + 1)), ...ofStreamJob])
    expect([...run].sort()).toEqual(files.filter((file) => file !== 'prelude.duckdb.sql').sort())
  },
)

test(
  'Spark reads the versions that it is given, takes a missing table as empty, and a difference is seen',
  { timeout: 300_000 },
  async () => {
    const expected = { right: ofFirst.right!.answers as Answers, naive: ofFirst.naive!.answers as Answers }
    const check = ({ answers }: SparkAnswersResult) =>
      checkEngineAnswers(
        { engine: 'spark', answers: { right: answers.right!, naive: answers.naive! } },
        expected,
        undefined,
      )
    const then = await bySpark(versionsOfFirst)
    expect(then).toMatchObject({ tables: ofFirst.right!.tables, quarantine: ofFirst.right!.quarantine })
    expect(check(then)).toMatchObject({ name: 'stream-answers-spark', status: 'passed' })

    const { [deltaTableName(userId, 'user')]: _, ...withoutUsers } = await versionsNow()
    const now = await bySpark(withoutUsers)
    expect(now.answers.right).toMatchObject({ '6a': [], '7': [], '8': [], '9': [], '10': [], '11': [] })
    expect(now.answers.right!['4']!.length).toBeGreaterThan(0)
    expect(check(now)).toMatchObject({ status: 'failed' })
  },
)

const running = async (): Promise<string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const marked = await Promise.all(
    pids.map(async (pid) => {
      const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
      return environ.split('\0').includes(`PINLAB_HOME=${folder}`)
    }),
  )
  return pids.filter((_, at) => marked[at])
}

test('a version that is not there is told, and nothing is left running', { timeout: 120_000 }, async () => {
  const failing = bySpark({ [deltaTableName(userId, 'geo')]: 9_999 })
  await expect(failing).rejects.toMatchObject({
    code: 'LAB_SERVICE_FAILED',
    why: expect.stringContaining('9999') as string,
  })
  await eventually(async () => {
    expect(await running()).toEqual([])
  }, 10_000)
})

test('an abort ends Python and its JVM', { timeout: 120_000 }, async () => {
  const abort = new AbortController()
  await using spark = await startSpark(tools.sparkPython, abort.signal)
  await eventually(async () => {
    expect((await running()).length).toBeGreaterThan(1)
  })
  abort.abort()
  await expect(spark.answer({})).rejects.toThrow(/abort/i)
  await eventually(async () => {
    expect(await running()).toEqual([])
  }, 10_000)
})
