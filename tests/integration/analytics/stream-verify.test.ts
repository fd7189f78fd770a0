import { rename } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  deltaTableName,
  LabError,
  quarantineTableName,
  queryIds,
  streamName,
  streamNames,
} from '../../../contract/index.ts'
import { logFolder } from '../../../analytics/delta/log.ts'
import { readSnapshot, type Snapshot } from '../../../analytics/delta/snapshot.ts'
import { answerStream } from '../../../analytics/duckdb/stream-answers.ts'
import { openDatabase } from '../../../analytics/duckdb/database.ts'
import { awaitStreamed } from '../../../analytics/verify/stream/awaiting.ts'
import { datasetRow } from '../../../seed/dataset.ts'
import { dataset, userId } from './landed-lab.ts'
import { StreamedLab } from './streamed-lab.ts'

let lab: StreamedLab
/** Undoes what a test planted. */
const undo: (() => Promise<void>)[] = []
const inds = [...Array.from({ length: 40 }, (_, at) => at * 7), 7, 14, 14, 21]
const geoTable = deltaTableName(userId, 'geo')

beforeAll(async () => {
  lab = await StreamedLab.start()
  await lab.landed.post(inds)
  await lab.landed.sink(1)
  await lab.post(inds.slice(0, 20))
  await lab.streamed()
  await lab.post(inds.slice(20))
  await lab.streamed()
}, 480_000)

afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step()
})

afterAll(async () => {
  await lab[Symbol.asyncDispose]()
}, 60_000)

const snapshotOf = async (table: string): Promise<Snapshot> => {
  using storage = lab.storage()
  await using database = await openDatabase(AbortSignal.timeout(30_000))
  return (await readSnapshot(storage, table, database))!
}

const commitOf = (table: string, version: number): string =>
  `${logFolder(table)}/${String(version).padStart(20, '0')}.json`

const plantDeleted = async (path: string): Promise<void> => {
  const content = await lab.get(path)
  undo.push(async () => lab.set(path, content))
  await lab.delete(path)
}

test('both paths as they should be pass every check, and none is skipped', { timeout: 240_000 }, async () => {
  const { ok, checks, counts } = await lab.verify(['batch', 'stream'])
  expect(checks.filter(({ status, warnings }) => status !== 'passed' || warnings.length > 0)).toEqual([])
  expect(ok).toBe(true)
  expect(counts).toMatchObject({
    posts: 88,
    acknowledgements: 264,
    kafkaRecords: 132,
    rows: 120,
    kinesisRecords: 132,
    deltaRows: 132,
    deltaQuarantined: 0,
  })
  expect(Object.keys(counts.deltaVersions)).toHaveLength(6)
  expect(checks.filter(({ path }) => path !== 'batch').map(({ name, path }) => [name, path])).toEqual([
    ['acknowledged-in-source', undefined],
    ['stream-equals-batch', undefined],
    ['acknowledged-in-kinesis', 'stream'],
    ['kinesis-in-delta', 'stream'],
    ['delta-history', 'stream'],
    ['stream-answers', 'stream'],
    ['stream-data-shapes', 'stream'],
  ])
  expect(checks.find(({ name }) => name === 'stream-equals-batch')?.counts).toMatchObject({
    rows: 120,
    notComparable: 0,
  })
})

test('the answers over Delta are those that verify proves', async () => {
  const options = { s3: lab.landed.s3, tablesUri: lab.tablesUri, userId, queries: queryIds }
  const signal = AbortSignal.timeout(60_000)
  const right = await answerStream({ ...options, variant: 'right', signal })
  const naive = await answerStream({ ...options, variant: 'naive', signal })
  expect(right.tables.pin).toEqual({ records: 44, rows: 40, equalDuplicates: 4, differingDuplicates: 0, rejected: 0 })
  expect(naive.answers).not.toEqual(right.answers)
  const refusal = { what: 'no answers', why: 'out of memory', fix: 'free some' }
  const { checks } = await lab.verify(['stream'], {
    answers: [
      {
        engine: 'same',
        answers: async (versions) => {
          expect(Object.keys(versions)).toHaveLength(6)
          return Promise.resolve({ right: right.answers, naive: naive.answers })
        },
      },
      { engine: 'other', answers: async () => Promise.resolve({ right: naive.answers }) },
      { engine: 'none', answers: async () => Promise.reject(new LabError('LAB_SERVICE_FAILED', refusal)) },
    ],
  })
  const status = (name: string) => checks.find((check) => check.name === name)?.status
  expect(['same', 'other', 'none'].map((engine) => status(`stream-answers-${engine}`))).toEqual([
    'passed',
    'failed',
    'failed',
  ])
})

describe('a planted fault makes its check fail:', () => {
  test('an acknowledged record that Kinesis has lost', async () => {
    const ledger = [...lab.ledger, { ...lab.ledger[0]!, sequenceNumber: '1'.repeat(56) }]
    const { checks } = await lab.verify(['stream'], { ledger })
    expect(checks.filter(({ ok }) => !ok)).toMatchObject([{ name: 'acknowledged-in-kinesis', counts: { missing: 1 } }])
  })

  test('a data file deleted', async () => {
    const { files } = await snapshotOf(geoTable)
    await plantDeleted(`${geoTable}/${files[0]!.path}`)
    expect(await lab.failures()).toEqual(['kinesis-in-delta', 'delta-history', 'stream-answers'])
  })

  test('a commit deleted', async () => {
    await plantDeleted(commitOf(geoTable, 1))
    expect(await lab.failures()).toEqual(expect.arrayContaining(['kinesis-in-delta', 'delta-history']))
  })

  test('a micro-batch appended again by hand', async () => {
    const { files, version } = await snapshotOf(geoTable)
    const copy = { ...files[0]!, path: 'part-copied.parquet' }
    const commit = commitOf(geoTable, version + 1)
    await lab.set(`${geoTable}/${copy.path}`, await lab.get(`${geoTable}/${files[0]!.path}`))
    const add = { path: copy.path, partitionValues: {}, size: copy.bytes, modificationTime: 0, dataChange: true }
    await lab.set(commit, `{"commitInfo":{"operation":"WRITE"}}\n${JSON.stringify({ add })}\n`)
    undo.push(
      async () => lab.delete(commit),
      async () => lab.delete(`${geoTable}/${copy.path}`),
    )
    const { checks } = await lab.verify()
    const failed = Object.fromEntries(checks.filter(({ ok }) => !ok).map(({ name, counts }) => [name, counts]))
    expect(failed['kinesis-in-delta']?.['doubled']).toBeGreaterThan(0)
    expect(failed['delta-history']).toMatchObject({ withoutTransaction: 1 })
  })

  test('rows deleted from a table', async () => {
    const { files, version } = await snapshotOf(geoTable)
    const commit = commitOf(geoTable, version + 1)
    const remove = { path: encodeURI(files[0]!.path), dataChange: true, deletionTimestamp: 0 }
    await lab.set(commit, `{"commitInfo":{"operation":"DELETE"}}\n${JSON.stringify({ remove })}\n`)
    undo.push(async () => lab.delete(commit))
    const { checks } = await lab.verify()
    const failed = Object.fromEntries(checks.filter(({ ok }) => !ok).map(({ name, counts }) => [name, counts]))
    expect(failed['kinesis-in-delta']?.['missing']).toBeGreaterThan(0)
    expect(failed['delta-history']).toMatchObject({ rewritten: 1 })
  })

  test('a checkpoint deleted', async () => {
    const checkpoint = lab.job.checkpoint('user')
    await rename(checkpoint, `${checkpoint}-kept`)
    undo.push(async () => rename(`${checkpoint}-kept`, checkpoint))
    expect(await lab.failures()).toEqual(['delta-history'])
  })
})

test(
  'a stream job that stands still is told, with what is to go; and waited for when it goes on',
  { timeout: 400_000 },
  async () => {
    await lab.job.stop()
    await lab.post([1, 2])
    const waiting = lab.streamed({ timeoutMs: 300 })
    await expect(waiting).rejects.toMatchObject({ code: 'LAB_NOT_LANDED' })
    await expect(waiting).rejects.toThrow(new RegExp(`${streamName(userId, 'pin')} has 2 records to go`))
    const { checks } = await lab.verify()
    expect(checks.find(({ name }) => name === 'kinesis-in-delta')?.counts).toMatchObject({ missing: 6 })

    const toGo: number[] = []
    const [streamed] = await Promise.all([
      lab.streamed({ timeoutMs: 300_000, onProgress: ({ recordsToGo }) => toGo.push(recordsToGo) }),
      lab.job.start(),
    ])
    expect(streamed).toBeUndefined()
    expect(toGo[0]).toBe(6)
    expect((await lab.verify()).ok).toBe(true)
  },
)

test('a job that has ended for good ends the waiting with the reason', async () => {
  const waiting = awaitStreamed({
    kinesis: lab.kinesis,
    streams: streamNames(userId),
    checkpointsUri: 'file:///no/such/checkpoints',
    s3: lab.landed.s3,
    whyEnded: () => Promise.resolve('the stream was deleted'),
    signal: AbortSignal.timeout(20_000),
    timeoutMs: 20_000,
  })
  await expect(waiting).rejects.toMatchObject({ code: 'LAB_NOT_LANDED', why: 'the stream was deleted' })
})

test(
  'records posted by hand: other rows are judged, rejected ones explained, slips told',
  { timeout: 240_000 },
  async () => {
    const pin = datasetRow(dataset, 5).pin.row
    await lab.put('user', [
      JSON.stringify({ ...datasetRow(dataset, 7).user.row, age: '33', date_joined: '2016-01-01T00:30:00+01:00' }),
      '{"age":5}',
    ])
    await lab.put('pin', [
      '{"index":"999999","follower_count":"1,5k","category":" art\u00a0"}',
      '{not JSON',
      JSON.stringify(JSON.stringify(pin)),
      Buffer.from(JSON.stringify(pin)).toString('base64'),
      '{index=5, title=a}',
      JSON.stringify(datasetRow(dataset, 5).user.row),
      '',
      'null',
    ])
    const hot = Array.from({ length: 200 }, (_, at) => JSON.stringify(datasetRow(dataset, at).geo.row))
    await lab.put('geo', hot, 'partition-1')
    await lab.streamed()
    const { checks, counts } = await lab.verify(['batch', 'stream'])
    expect(checks.filter(({ status }) => status !== 'passed')).toEqual([])
    expect(counts.deltaQuarantined).toBe(8)
    const named = Object.fromEntries(checks.map((check) => [check.name, check]))
    expect(named['stream-equals-batch']?.counts).toMatchObject({ notComparable: 2 })
    const warnings = named['stream-data-shapes']!.warnings.join('\n')
    for (const cause of [
      /json\.dumps/,
      /base64 of base64/,
      /key=value/,
      /user rows to this stream/,
      /partition key "partition-1"/,
    ])
      expect(warnings).toMatch(cause)
    expect((await snapshotOf(quarantineTableName(userId, 'pin'))).transactions.size).toBe(1)
  },
)
