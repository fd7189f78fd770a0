import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { databaseName, objectKey, queryIds, topicName } from '../../../contract/index.ts'
import { answer } from '../../../analytics/duckdb/answers.ts'
import { sqlText } from '../../../analytics/duckdb/sql-text.ts'
import { awaitLanded } from '../../../analytics/verify/landing.ts'
import { partitionRanges, withAdmin } from '../../../analytics/verify/kafka-log.ts'
import { dataset, LandedLab, sinkGroup, userId } from './landed-lab.ts'

let lab: LandedLab
/** Undoes what a test planted. */
const undo: (() => Promise<void>)[] = []
const skipped = new Set<string>()

beforeAll(async () => {
  lab = await LandedLab.start()
  await lab.post([...Array.from({ length: 40 }, (_, at) => at * 7), 7, 14, 14, 21])
  await lab.sink(1)
}, 120_000)

afterEach(async () => {
  vi.restoreAllMocks()
  for (const step of undo.splice(0)) await step()
})

afterAll(async () => {
  await lab[Symbol.asyncDispose]()
})

const plantObject = async (key: string, change: (content: string) => string): Promise<void> => {
  const content = await lab.get(key)
  undo.push(async () => lab.put(key, content))
  await lab.put(key, change(content))
}

test('a lab as it should be passes every check, and none is skipped', async () => {
  const { ok, checks, counts } = await lab.verify()
  expect(checks.filter(({ status }) => status !== 'passed')).toEqual([])
  expect(ok).toBe(true)
  expect(counts).toEqual({
    posts: 44,
    acknowledgements: 132,
    kafkaRecords: 132,
    records: 132,
    objects: 132,
    rows: 120,
    quarantined: 0,
    deadLetters: 0,
    kinesisRecords: 0,
    deltaRows: 0,
    deltaQuarantined: 0,
    deltaVersions: {},
  })
  expect(checks.map(({ name }) => name)).toEqual([
    'acknowledged-in-source',
    'acknowledged-in-kafka',
    'no-offset-twice',
    'no-gap',
    'bytes-equal',
    'object-keys',
    's3-equals-cleaned',
    'rejected-explained',
    'clean-equals-truth',
    ...queryIds.map((id) => `answer-${id}-equals-oracle`),
  ])
})

test('verifying leaves no consumer group behind', async () => {
  await lab.verify()
  const groups = await withAdmin(lab.kafka.brokers, async (admin) => admin.listGroups())
  expect(groups.groups.map(({ groupId }) => groupId).filter((id) => id.startsWith('pinlab-verify'))).toEqual([])
})

test('the answers from S3 are those that verify proves', async () => {
  const options = {
    s3: lab.s3,
    bucket: lab.profile().s3.bucket,
    userId,
    queries: queryIds,
    signal: AbortSignal.timeout(30_000),
  }
  const right = await answer({ ...options, variant: 'right' })
  const naive = await answer({ ...options, variant: 'naive' })
  expect(right.objects).toBe(132)
  expect(right.tables.pin).toEqual({ records: 44, rows: 40, equalDuplicates: 4, differingDuplicates: 0, rejected: 0 })
  expect(naive.tables).toEqual(right.tables)
  const posts = (rows: typeof right): number =>
    (rows.answers['9'] ?? []).reduce((sum, row) => sum + Number(row['number_users_joined']), 0)
  expect(posts(naive)).toBe(44)
  expect(posts(right)).toBeLessThanOrEqual(40)
})

describe('a planted fault makes its check fail:', () => {
  test('a deleted object', async () => {
    const [key] = await lab.keys('geo')
    await plantObject(key!, (content) => content)
    await lab.delete(key!)
    expect(await lab.failures()).toContain('no-gap')
  })

  test('an object doubled under another offset', async () => {
    const [first] = await lab.keys('pin')
    const copy = objectKey(topicName(userId, 'pin'), 0, 5_000n)
    undo.push(async () => lab.delete(copy))
    await lab.put(copy, await lab.get(first!))
    expect(await lab.failures()).toEqual(['no-offset-twice'])
  })

  test('a line doubled within an object', async () => {
    const [key] = await lab.keys('pin')
    await plantObject(key!, (content) => content + content)
    expect(await lab.failures()).toContain('no-offset-twice')
  })

  test('a changed byte within an object', async () => {
    const key = await lab.keyOf('user', 28)
    await plantObject(key, (content) => content.replace(/"first_name":"./, '"first_name":"~'))
    expect(await lab.failures()).toEqual(expect.arrayContaining(['bytes-equal', 'clean-equals-truth']))
  })

  test('an object that another program put there', async () => {
    const key = `topics/${topicName(userId, 'pin')}/partition=0/notes.json`
    undo.push(async () => lab.delete(key))
    await lab.put(key, '{}')
    expect(await lab.failures()).toEqual(['object-keys'])
  })

  test('a row that cleaning loses', async () => {
    const clean = sqlText.clean
    vi.spyOn(sqlText, 'clean').mockImplementation(async (entity) => {
      return entity === 'geo' ? `SELECT * FROM (${await clean(entity)}) WHERE ind <> 49` : clean(entity)
    })
    expect(await lab.failures()).toEqual(expect.arrayContaining(['s3-equals-cleaned', 'clean-equals-truth']))
  })

  test('a row that rule 10 loses', async () => {
    const superseded = sqlText.superseded
    vi.spyOn(sqlText, 'superseded').mockImplementation(async () =>
      (await superseded()).replace('c.place > 1', 'c.place > 0'),
    )
    expect(await lab.failures()).toEqual(expect.arrayContaining(['clean-equals-truth']))
  })

  test('a wrong rule', async () => {
    const clean = sqlText.clean
    vi.spyOn(sqlText, 'clean').mockImplementation(async (entity) =>
      (await clean(entity)).replaceAll('1000000', '100000'),
    )
    expect(await lab.failures()).toContain('clean-equals-truth')
  })

  test('a wrong query', async () => {
    const query = sqlText.query
    vi.spyOn(sqlText, 'query').mockImplementation(async (id) =>
      (await query(id)).replace('BETWEEN 2018', 'BETWEEN 2019'),
    )
    expect(await lab.failures()).toEqual(['answer-5-equals-oracle'])
  })

  test('an acknowledged record that Kafka has lost', async () => {
    const { checks } = await lab.verify(1, [...lab.ledger, { ...lab.ledger[0]!, offset: 4_000 }])
    expect(checks.filter(({ ok }) => !ok)).toMatchObject([{ name: 'acknowledged-in-kafka', counts: { missing: 1 } }])
  })

  test('a row missing in MySQL', async () => {
    await using root = await lab.connection()
    await root.connection.query(
      `CREATE TABLE ${databaseName}.kept AS SELECT * FROM ${databaseName}.user_data WHERE ind = 7`,
    )
    await root.connection.query(`DELETE FROM ${databaseName}.user_data WHERE ind = 7`)
    undo.push(async () => {
      await using again = await lab.connection()
      await again.connection.query(`INSERT INTO ${databaseName}.user_data SELECT * FROM ${databaseName}.kept`)
      await again.connection.query(`DROP TABLE ${databaseName}.kept`)
    })
    expect(await lab.failures()).toEqual(['acknowledged-in-source'])
  })
})

describe('records posted by hand', () => {
  test('rows of other values are cleaned by the oracle’s own rules, and rejected ones explained', async () => {
    const known = { ...JSON.parse(await lab.get((await lab.keys('user'))[0]!)) } as Record<string, unknown>
    const sent = [
      {
        entity: 'user',
        partition: 1,
        value: JSON.stringify({ ...known, age: '33', date_joined: '2016-01-01T00:30:00+01:00' }),
      },
      { entity: 'pin', partition: 0, value: '{"index":"999999","follower_count":"1,5k","category":" art\u00a0"}' },
      { entity: 'geo', partition: 2, value: '{"ind":5,"latitude":91,"longitude":0,"timestamp":"soon","country":null}' },
      { entity: 'geo', partition: 0, value: JSON.stringify({ index: 1, title: 'a pin' }) },
      { entity: 'geo', partition: 0, value: '{"country":"Albania"}' },
      { entity: 'pin', partition: 0, value: '{not JSON' },
      { entity: 'pin', partition: 1, value: null },
      { entity: 'pin', partition: 2, value: '{"index":12} and more' },
    ] as const
    const offsets = await lab.send(sent)
    await lab.deadLetter('pin', 0, offsets[5]!)
    for (const at of [5, 6, 7]) skipped.add(`${sent[at]!.entity} ${String(sent[at]!.partition)} ${String(offsets[at])}`)
    await lab.sink(1, skipped)
    await lab.put(objectKey(topicName(userId, 'pin'), 2, BigInt(offsets[7]!)), '{"index":12}\n')

    const { ok, checks, counts } = await lab.verify()
    expect(checks.filter(({ status }) => status !== 'passed')).toEqual([])
    expect(ok).toBe(true)
    expect(counts).toMatchObject({ posts: 44, kafkaRecords: 140, records: 138, quarantined: 2, deadLetters: 1 })
    const named = Object.fromEntries(checks.map((check) => [check.name, check.counts]))
    expect(named['rejected-explained']).toMatchObject({
      'a record of another table': 1,
      'no ind': 1,
      'dead: not JSON': 1,
    })
    expect(named['no-gap']).toMatchObject({ deadLettered: 1, nullValues: 1, openTail: 0 })
    expect(named['clean-equals-truth']).toMatchObject({ foreign: 4 })
    expect(named['s3-equals-cleaned']).toMatchObject({ differingDuplicates: 1 })
  })

  test('a good row in the dead letter topic is a fault', async () => {
    await lab.deadLetter('user', 0, 0)
    skipped.add('user 0 0')
    expect(await lab.failures()).toContain('rejected-explained')
  })
})

describe('landing', () => {
  const options = () => ({
    kafka: lab.kafka,
    topics: [topicName(userId, 'user')],
    groupId: sinkGroup,
    signal: AbortSignal.timeout(30_000),
    timeoutMs: 400,
  })
  const commit = async (behind: bigint): Promise<void> => {
    const ranges = await withAdmin(lab.kafka.brokers, async (admin) => partitionRanges(admin, options().topics))
    await lab.commit(ranges.map(({ topic, partition, end }) => ({ topic, partition, offset: String(end - behind) })))
  }

  test('ends at once when the sink has committed all', async () => {
    await commit(0n)
    const { endOffsets, openTailRecords } = await awaitLanded({ ...options(), flushSizeRecords: 1 })
    expect(openTailRecords).toBe(0)
    expect(endOffsets.map(({ partition }) => partition)).toEqual([0, 1, 2])
  })

  test('names the partitions that lag when the sink stands still', async () => {
    await commit(2n)
    const landing = awaitLanded({ ...options(), flushSizeRecords: 1 })
    await expect(landing).rejects.toMatchObject({ code: 'LAB_NOT_LANDED' })
    await expect(landing).rejects.toThrow(/user-0 stands at offset \d+, 2 records to go/)
  })

  test('waits for a sink that is still at work', async () => {
    await commit(2n)
    const lags: number[] = []
    const sinking = Promise.withResolvers<undefined>()
    const landing = awaitLanded({
      ...options(),
      timeoutMs: 20_000,
      flushSizeRecords: 1,
      onProgress: ({ lagRecords }) => {
        lags.push(lagRecords)
        if (lags.length === 1) sinking.resolve(undefined)
      },
    })
    await sinking.promise
    await commit(1n)
    await commit(0n)
    await expect(landing).resolves.toMatchObject({ openTailRecords: 0 })
    expect(lags).toContain(6)
  })

  test('leaves an open tail shorter than a file', async () => {
    await commit(2n)
    await expect(awaitLanded({ ...options(), flushSizeRecords: 3 })).resolves.toMatchObject({ openTailRecords: 6 })
  })
})

test('files of several records, over gaps and with an open tail, pass too', async () => {
  for (const entity of ['pin', 'geo', 'user'] as const) for (const key of await lab.keys(entity)) await lab.delete(key)
  await lab.sink(7, skipped)
  const { checks, counts } = await lab.verify(7)
  const unexpected = checks.filter(({ name, status }) => status !== 'passed' && name !== 'rejected-explained')
  expect(unexpected).toEqual([])
  expect(counts.objects).toBeLessThan(20)
  expect(checks.find(({ name }) => name === 'no-gap')?.counts['openTail']).toBeGreaterThan(0)
  expect(dataset.size).toBe(300)
})
