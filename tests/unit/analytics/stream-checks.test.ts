import { describe, expect, it, test } from 'vitest'
import { queryIds, streamName, type StreamAcknowledgement } from '../../../contract/index.ts'
import { finishCleaning } from '../../../analytics/duckdb/clean.ts'
import { type HistoryEntry } from '../../../analytics/delta/history.ts'
import { type Check } from '../../../analytics/verify/check.ts'
import { noneForeign } from '../../../analytics/verify/kept-foreign.ts'
import { Acknowledged } from '../../../analytics/verify/stored-checks.ts'
import { checkAcknowledgedStream } from '../../../analytics/verify/stream/acknowledged-check.ts'
import { checkStreamAnswers } from '../../../analytics/verify/stream/answers-check.ts'
import { type Checkpoint } from '../../../analytics/verify/stream/checkpoint.ts'
import { loadDelta, type DeltaTable } from '../../../analytics/verify/stream/delta-records.ts'
import { checkPathsEqual, keepBatchRows } from '../../../analytics/verify/stream/equal-check.ts'
import { checkHistory } from '../../../analytics/verify/stream/history-check.ts'
import { checkShapes } from '../../../analytics/verify/stream/shapes-check.ts'
import { userId } from './cleaned.ts'
import { folderStorage } from './delta-tables.ts'
import {
  addToKinesis,
  beforeAll,
  checkpoints,
  checksOf,
  sentRecords,
  withStreamed,
  type SentRecord,
  type Streamed,
} from './streamed.ts'

const failedOf = (checks: Record<string, Check>): string[] =>
  Object.values(checks)
    .filter(({ status }) => status === 'failed')
    .map(({ name }) => name)

const sql = (text: string) => async (streamed: Streamed) => streamed.database.run(text)

const last = '49590338271490256608559692538361571095921575989136589282'

test('tables that Spark wrote pass every check, and none is skipped', async () => {
  const checks = await checksOf()
  expect(Object.values(checks).filter(({ status }) => status !== 'passed')).toEqual([])
  expect(checks['kinesis-in-delta']!.counts).toEqual({ records: 24, clean: 20, quarantined: 4, cells: 129 })
  expect(checks['delta-history']!.counts).toMatchObject({ versions: 12, batches: 12 })
  expect(checks['stream-answers']!.counts['rows']).toBeGreaterThan(5)
})

it.each<{
  what: string
  change: (streamed: Streamed) => Promise<void>
  counts: Record<string, number>
  also?: string[]
}>([
  {
    what: 'a lost row',
    change: sql('DELETE FROM geo_records WHERE ind = 4'),
    counts: { missing: 1 },
    also: ['stream-answers'],
  },
  {
    what: 'a lost rejected record',
    change: sql("DELETE FROM pin_records WHERE rejected = 'not JSON'"),
    counts: { missing: 1 },
  },
  {
    what: 'a row written twice',
    change: sql('INSERT INTO user_records SELECT * FROM user_records WHERE ind = 3'),
    counts: { doubled: 1 },
    also: ['stream-answers'],
  },
  {
    what: 'a row in the clean table and the quarantine',
    change: sql(
      `INSERT INTO user_records BY NAME SELECT object_key, topic, partition, "offset", arrived_at, 'no ind' AS rejected
       FROM user_records WHERE ind = 3`,
    ),
    counts: { doubled: 1, rejectedRows: 1 },
  },
  {
    what: 'an altered cell',
    change: sql("UPDATE pin_records SET category = 'travel!' WHERE ind = 5"),
    counts: { altered: 1 },
    also: ['stream-answers'],
  },
  {
    what: 'an altered cell of a copy that rule 10 drops',
    change: sql(
      'UPDATE pin_records SET title = \'x\' WHERE ind = 2 AND "offset" = (SELECT min("offset") FROM pin_records WHERE ind = 2)',
    ),
    counts: { altered: 1 },
  },
  {
    what: 'an altered ind',
    change: sql('UPDATE geo_records SET ind = 77 WHERE ind = 5'),
    counts: { altered: 1 },
    also: ['stream-answers'],
  },
  {
    what: 'a row of the wrong table',
    change: sql(
      `INSERT INTO geo_records BY NAME SELECT object_key, topic, partition, "offset", arrived_at, ind FROM user_records WHERE ind = 1`,
    ),
    counts: { unknown: 1 },
    also: ['stream-answers'],
  },
  {
    what: 'a rejected record in the clean table',
    change: sql("UPDATE geo_records SET rejected = NULL, ind = 6 WHERE rejected = 'a record of another table'"),
    counts: { notRejected: 1 },
    also: ['stream-answers'],
  },
  {
    what: 'a good row in the quarantine',
    change: sql("UPDATE geo_records SET rejected = 'no ind' WHERE ind = 5"),
    counts: { rejectedRows: 1 },
    also: ['stream-answers'],
  },
  {
    what: 'a wrong reason',
    change: sql("UPDATE pin_records SET rejected = 'no ind' WHERE rejected = 'not JSON'"),
    counts: { wrongReason: 1 },
  },
  {
    what: 'an altered rejected text',
    change: sql("UPDATE pin_records SET rejected_value = '{index=5}' WHERE rejected = 'not JSON'"),
    counts: { alteredRejects: 1 },
  },
  {
    what: 'a place that Kinesis gave twice',
    change: async ({ records }) => addToKinesis(records, (await sentRecords()).slice(0, 1)),
    counts: { twiceInKinesis: 1 },
    also: ['stream-answers'],
  },
])('$what fails kinesis-in-delta', async ({ change, counts, also = [] }) => {
  const checks = await checksOf(change)
  expect(failedOf(checks).filter((name) => !also.includes(name))).toEqual(['kinesis-in-delta'])
  expect(checks['kinesis-in-delta']!.counts).toMatchObject(counts)
  expect(checks['kinesis-in-delta']!.examples.length).toBeGreaterThan(0)
})

test('a record that came after the tables were read is not owed, and one that Delta has of them is known', async () => {
  const all = await sentRecords()
  const extra: SentRecord = { ...all[1]!, sequenceNumber: `${last}9`, value: '{"ind":8}' }
  const checks = await checksOf(async ({ records }) => addToKinesis(records, [all[0]!, extra], { late: true }), {
    sent: all.slice(1),
  })
  expect(failedOf(checks)).toEqual([])
  expect(checks['kinesis-in-delta']!.counts).toMatchObject({ records: 23, clean: 20 })
})

test('a record of Delta that Kinesis holds no more is a fault, unless its time there is over', async () => {
  const sent = (await sentRecords()).slice(1)
  expect((await checksOf(undefined, { sent }))['kinesis-in-delta']).toMatchObject({
    status: 'failed',
    counts: { unknown: 1 },
  })
  const later = await checksOf(undefined, { sent, horizon: new Date('2026-11-26T00:00:00Z') })
  expect(later['kinesis-in-delta']).toMatchObject({ status: 'skipped', counts: { expired: 1 } })
  expect(later['kinesis-in-delta']!.hint).toContain('1 records of Delta have expired')
})

test('a nested value that nothing can judge skips the check with its reason', async () => {
  const sent = (await sentRecords()).map((record) =>
    record.entity === 'geo' && record.value.includes('"ind":9')
      ? { ...record, value: '{"ind":9,"country":{"a":1}}' }
      : record,
  )
  const { 'kinesis-in-delta': check } = await checksOf(undefined, { sent })
  expect(check).toMatchObject({ status: 'skipped' })
  expect(check!.hint).toContain('geo 9')
})

describe('the ledger', () => {
  const check = async (
    change: Partial<StreamAcknowledgement>[],
    options: { horizon?: Date; without?: number } = {},
  ) => {
    const sent = await sentRecords()
    const lineOf = ({ entity, stream, shard, sequenceNumber, value }: SentRecord): StreamAcknowledgement => {
      const row = JSON.parse(value) as { index?: number; ind?: number }
      return { run: 'r', emission: 0, ind: row.ind ?? row.index ?? -1, entity, stream, shard, sequenceNumber }
    }
    const lines = [lineOf(sent[0]!), ...change.map((one) => ({ ...lineOf(sent[4]!), ...one }))]
    // eslint-disable-next-line @typescript-eslint/require-await -- a ledger is read asynchronously
    const read = async function* (): AsyncGenerator<StreamAcknowledgement> {
      yield* lines
    }
    const kinesis = sent.filter((_, at) => at !== options.without)
    return withStreamed(kinesis, async ({ database }) =>
      checkAcknowledgedStream(database, userId, read(), options.horizon ?? beforeAll, new Acknowledged()),
    )
  }
  const cases: [Partial<StreamAcknowledgement>, string][] = [
    [{}, 'passed'],
    [{ sequenceNumber: `${last}0` }, 'missing'],
    [{ shard: 'shardId-000000000007' }, 'missing'],
    [{ ind: 3 }, 'other'],
    [{ stream: streamName(userId, 'pin') }, 'other'],
    [{ entity: 'user' }, 'missing'],
  ]
  it.each(cases)('an acknowledgement with %j: %s', async (change, outcome) => {
    const { status, counts } = await check([change])
    expect(counts['acknowledgements']).toBe(2)
    if (outcome === 'passed') expect(status).toBe('passed')
    else expect({ status, faults: counts[outcome] }).toEqual({ status: 'failed', faults: 1 })
  })
  test('two acknowledgements of one place', async () => {
    expect(await check([{}, {}])).toMatchObject({ status: 'failed', counts: { acknowledgedTwice: 1 } })
  })
  test('a record that Kinesis has lost, and one that has expired there', async () => {
    expect(await check([{}], { without: 4 })).toMatchObject({ status: 'failed', counts: { missing: 1 } })
    const horizon = new Date('2026-11-26T00:00:00Z')
    expect(await check([{}], { without: 4, horizon })).toMatchObject({ status: 'skipped', counts: { expired: 1 } })
  })
})

describe('the history', () => {
  const entry = (version: number, change: Partial<HistoryEntry> = {}): HistoryEntry => ({
    version,
    at: undefined,
    operation: 'WRITE',
    operationParameters: {},
    operationMetrics: {},
    engineInfo: undefined,
    transactions: [{ appId: 'app-pin', version }],
    removesData: false,
    ...change,
  })
  const check = (history: HistoryEntry[], change?: Partial<Checkpoint> | 'none', unreadable?: string): Check => {
    const transactions = new Map(
      history.flatMap((one) => one.transactions).map(({ appId, version }) => [appId, version]),
    )
    const snapshot = { transactions } as unknown as DeltaTable['snapshot']
    const table: DeltaTable = { name: 'pins', entity: 'pin', kind: 'clean', snapshot, history, unreadable }
    return checkHistory(userId, [table], change === 'none' ? new Map() : checkpoints(change))
  }
  const txn = (appId: string, version: number) => ({ transactions: [{ appId, version }] })
  it.each<[string, HistoryEntry[], string | undefined, (Partial<Checkpoint> | 'none')?]>([
    ['appends in order', [entry(0), entry(1)], undefined],
    [
      'batches without rows of this table',
      [entry(0), entry(1, txn('app-pin', 5))],
      undefined,
      { planned: 9, committed: 9 },
    ],
    ['a compaction', [entry(0), entry(1, { operation: 'OPTIMIZE', transactions: [] })], undefined],
    ['a new app id after a reset', [entry(0, txn('older', 7)), entry(1, txn('app-pin', 0))], undefined],
    ['a batch that Spark has not ended yet', [entry(0), entry(1)], undefined, { planned: 1, committed: 0 }],
    ['a row deleted', [entry(0), entry(1, { operation: 'DELETE', removesData: true, transactions: [] })], 'rewritten'],
    ['rows appended by hand', [entry(0), entry(1, { transactions: [] })], 'withoutTransaction'],
    ['a batch twice', [entry(0), entry(1, txn('app-pin', 0))], 'outOfOrder'],
    [
      'an older app id again',
      [entry(0, txn('older', 1)), entry(1, txn('app-pin', 0)), entry(2, txn('older', 2))],
      'outOfOrder',
    ],
    ['no checkpoint', [entry(0)], 'withoutCheckpoint', 'none'],
    ['an older checkpoint put back', [entry(0), entry(1), entry(2)], 'aheadOfCheckpoint', { planned: 1, committed: 1 }],
    ['a commits folder put back', [entry(0), entry(1), entry(2)], 'aheadOfCheckpoint', { planned: 2, committed: 0 }],
  ])('%s', (_, history, fault, change) => {
    const { status, counts } = check(history, change)
    if (fault === undefined) expect(status).toBe('passed')
    else expect({ status, faults: counts[fault] }).toEqual({ status: 'failed', faults: 1 })
  })
  test('a table that cannot be read', () => {
    expect(check([], undefined, 'version 3 is missing')).toMatchObject({
      status: 'failed',
      counts: { unreadable: 1 },
      examples: ['pins: version 3 is missing'],
    })
  })
})

describe('both paths', () => {
  const compare = async (change: string, foreign = noneForeign()) =>
    withStreamed(await sentRecords(), async ({ database }) => {
      await finishCleaning(database)
      await keepBatchRows(database)
      using storage = folderStorage()
      await loadDelta(database, storage, userId)
      await database.run(change)
      await finishCleaning(database)
      return await checkPathsEqual(database, foreign)
    })
  test('are equal', async () => {
    const check = await compare('SELECT 1')
    expect(check).toMatchObject({
      status: 'passed',
      counts: { rows: 16, onlyBatch: 0, onlyStream: 0, notComparable: 0 },
    })
  })
  it.each([
    [
      'a cell',
      'UPDATE geo_records SET coordinates = [1, 2] WHERE ind = 1',
      'geo 1 coordinates: batch [-4.4395, -72.5593], stream [1.0, 2.0]',
    ],
    ['a null', 'UPDATE user_records SET age = NULL WHERE ind = 1', /user 1 age: batch \d+, stream null/],
    [
      'which copy rule 10 keeps',
      `UPDATE pin_records SET "offset" = '9' || "offset" WHERE ind = 3 AND title <> 'another title'`,
      /pin 3 (title|follower_count): batch/,
    ],
  ])('differ in %s', async (_, change, told) => {
    const check = await compare(change)
    expect(check.status).toBe('failed')
    expect(check.examples[0]).toMatch(told)
  })
  test('may differ in a row that was posted by hand to one of them', async () => {
    const foreign = { ...noneForeign(), geo: new Set([1]) }
    const check = await compare('UPDATE geo_records SET coordinates = [1, 2] WHERE ind = 1', foreign)
    expect(check).toMatchObject({ status: 'passed', counts: { notComparable: 1 } })
  })
  test('may hold different posts', async () => {
    const check = await compare('DELETE FROM user_records WHERE ind IN (1, 2)')
    expect(check).toMatchObject({ status: 'passed', counts: { rows: 14, onlyBatch: 2 } })
  })
})

test('answers of another engine are compared too, and a query it lacks is a fault', () => {
  const none = Object.fromEntries(queryIds.map((id) => [id, []])) as never
  const expected = {
    right: { ...(none as object), '6b': [{ country: 'Albania', follower_count: 5 }] } as never,
    naive: none,
  }
  const check = (right: object): Check => checkStreamAnswers('stream-answers-spark', { right }, expected, undefined)
  expect(check({ '6b': [{ country: 'Albania', follower_count: 5 }] })).toMatchObject({ status: 'passed' })
  expect(check({ '6b': [{ country: 'Albania', follower_count: 6 }] })).toMatchObject({ status: 'failed' })
  expect(check({})).toMatchObject({ status: 'failed' })
})

describe('the usual slips of producers', () => {
  const warningsOf = async (sent: SentRecord[], partitionKey?: string): Promise<readonly string[]> =>
    withStreamed([], async ({ database, records }) => {
      await addToKinesis(records, sent, partitionKey === undefined ? {} : { partitionKey })
      const check = await checkShapes(database, userId)
      expect(check.ok).toBe(true)
      return check.warnings
    })
  const aPin = '{"index":4,"title":"a"}'
  it.each([
    ['JSON inside JSON', JSON.stringify(aPin), /text that holds JSON.*json\.dumps/],
    ['base64 twice', Buffer.from(aPin).toString('base64'), /base64 of base64/],
    ['base64 as a JSON text', JSON.stringify(Buffer.from(aPin).toString('base64')), /base64 of base64/],
    ['a Java map', '{index=4, title=a}', /\{key=value\}: the mapping template/],
    ['a user row', '{"ind":4,"age":5}', /another table: the producer sends user rows to this stream/],
  ])('%s is told with its cause', async (_, value, told) => {
    const [record] = await sentRecords()
    const warnings = await warningsOf([{ ...record!, value }])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(told)
    expect(warnings[0]).toContain(streamName(userId, 'pin'))
  })
  test.each(['{"index":4,"title":"aGVsbG8gd29ybGQ="}', '"hello"', 'abcd', '{"ind":null}', '{a: 1}'])(
    '%s is not',
    async (value) => {
      const [record] = await sentRecords()
      expect(await warningsOf([{ ...record!, value }])).toEqual([])
    },
  )
  test('a constant partition key is told from 101 records on', async () => {
    const [record] = await sentRecords()
    const many = Array.from({ length: 101 }, (_, at) => ({ ...record!, sequenceNumber: String(at) }))
    expect(await warningsOf(many.slice(1), 'partition-1')).toEqual([])
    const [warning] = await warningsOf(many, 'partition-1')
    expect(warning).toMatch(/101 of 101 records have the partition key "partition-1"/)
    expect(await warningsOf(many)).toEqual([])
  })
})
