import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entityNames, entities, variants, type DatasetRow, type EntityName } from '../../../contract/index.ts'
import { generateDataset } from '../../../seed/dataset.ts'
import { cleanForeign } from '../../../analytics/verify/foreign.ts'
import { oracleAnswers, type Fact, type Facts } from '../../../analytics/verify/oracle.ts'
import { judge } from '../../../analytics/verify/record-value.ts'
import { answersOf, withCleaned, type TestRecord } from './cleaned.ts'

/** Facts of the records, all of them or what rule 10 keeps, cleaned without SQL. */
function factsOf(records: readonly TestRecord[], variant: 'right' | 'naive'): Facts {
  const facts = { pin: new Map(), geo: new Map(), user: new Map() } as Record<
    EntityName,
    Map<number, Fact<EntityName>[]>
  >
  const ordered = records.toSorted((a, b) => a.offset! - b.offset! || a.partition! - b.partition!)
  for (const { entity, value } of ordered) {
    const bytes = Buffer.from(JSON.stringify(value))
    const { kind, ind } = judge(entity, bytes)
    const clean = cleanForeign(entity, bytes)
    if (kind !== 'row' || !clean) continue
    const before = variant === 'naive' ? (facts[entity].get(ind) ?? []) : []
    facts[entity].set(ind, [...before, { clean: clean, records: 1 }])
  }
  return facts as unknown as Facts
}

const dirtyFollowers = ['437', '124k', '6M', '1.5k', '12,345', ' 10 k', 'User Info Error', 'many', '', '3B', '-1', '0']
const dirtyTimes = [
  '2018-03-04 05:06:07',
  '2018-12-31T23:30:00-01:00',
  '2019-06-07T08:09:10.5Z',
  '2022-01-01 00:00:00',
  '2017-12-31 23:59:59',
  '2019-02-29 00:00:00',
  'soon',
  '',
]
const dirtyJoins = [
  '2015-10-21 00:00:00',
  '2016-01-01T00:00:00+02:00',
  '2017-05-05 05:05:05',
  '2021-01-01 00:00:00',
  'x',
]
const ofText = (texts: readonly string[]) => fc.constantFrom(...texts)
const blankable = (texts: readonly string[]) => fc.constantFrom(...texts, '', ' ', '\u00a0', null)

const values: Record<EntityName, fc.Arbitrary<Record<string, unknown>>> = {
  pin: fc.record({
    index: fc.oneof(fc.nat(5), fc.nat(5).map(String)),
    follower_count: fc.oneof(ofText(dirtyFollowers), fc.nat(2000)),
    category: blankable(['art', 'quotes', 'travel ']),
    title: blankable(['a', 'No Title Data Available']),
  }),
  geo: fc.record({
    ind: fc.oneof(fc.nat(5), fc.constantFrom('3', ' 4', null, 'x')),
    timestamp: ofText(dirtyTimes),
    country: blankable(['Albania', 'Zambia', "Cote d'Ivoire", 'Åland', '𝔸land', '\uffffland']),
    latitude: fc.double({ min: -100, max: 100, noNaN: true }),
    longitude: fc.double({ min: -200, max: 200, noNaN: true }),
  }),
  user: fc.record({
    ind: fc.nat(5),
    first_name: blankable(['Ada', 'Bea ']),
    last_name: blankable(['Abbott']),
    age: fc.oneof(fc.integer({ min: -1, max: 140 }), fc.constantFrom('20', '24', '25', 35, 36, 50, 51, 17, 18, 'old')),
    date_joined: ofText(dirtyJoins),
  }),
}

const record: fc.Arbitrary<TestRecord> = fc
  .constantFrom(...entityNames)
  .chain((entity) => values[entity].map((value) => ({ entity, value })))

/** Records at places of their own, as a log has them. */
const records = fc.array(fc.tuple(record, fc.nat(2)), { minLength: 1, maxLength: 40 }).map((pairs) =>
  pairs.map(([made, partition], at): TestRecord => ({
    ...made,
    partition,
    offset: Math.floor(at / 3) * 3 + partition,
  })),
)

/** Of records that fell on one place only the first is kept. */
const atPlaces = (made: readonly TestRecord[]): TestRecord[] => [
  ...new Map(made.map((one) => [`${one.entity} ${String(one.partition)} ${String(one.offset)}`, one])).values(),
]

test('the SQL and the oracle give the same answers over any records: copies, ties, nulls and dirty values', async () => {
  await fc.assert(
    fc.asyncProperty(records, fc.constantFrom(...variants), async (made, variant) => {
      const placed = atPlaces(made)
      expect(await answersOf(placed, variant)).toEqual(oracleAnswers(factsOf(placed, variant), variant))
    }),
    { numRuns: 40 },
  )
}, 120_000)

test('the SQL cleans the seed’s rows to the seed’s truth, every cell, and answers as the oracle does', async () => {
  const posts = [...generateDataset({ seed: 7, size: 3_000 })]
  const sent = [...posts, ...posts.slice(0, 500), ...posts.slice(0, 100)]
  const made = entityNames.flatMap((entity) =>
    sent.map((post, at): TestRecord => ({ entity, partition: at % 3, offset: at, value: post[entity].row })),
  )
  await withCleaned(made, async ({ database, counts }) => {
    for (const entity of entityNames) {
      const rows = await database.select(`SELECT * FROM ${entity === 'user' ? 'users' : entity} ORDER BY ind`)
      expect(rows).toEqual(posts.map((post) => post[entity].clean))
      expect(counts.tables[entity]).toEqual({
        records: 3_600,
        rows: 3_000,
        equalDuplicates: 600,
        differingDuplicates: 0,
        rejected: 0,
      })
    }
  })
  for (const variant of variants) {
    expect(await answersOf(made, variant)).toEqual(oracleAnswers(seedFacts(sent, variant), variant))
  }
}, 120_000)

function seedFacts(posts: readonly DatasetRow[], variant: 'right' | 'naive'): Facts {
  const facts = { pin: new Map(), geo: new Map(), user: new Map() } as Record<EntityName, Map<number, unknown[]>>
  for (const post of posts) {
    for (const entity of entityNames) {
      const before = variant === 'naive' ? (facts[entity].get(post.ind) ?? []) : []
      facts[entity].set(post.ind, [...before, { clean: post[entity].clean, records: 1 }])
    }
  }
  return facts as unknown as Facts
}

test('the key column of the contract is the one both sides read', () => {
  expect(entityNames.map((entity) => entities[entity].keyColumn)).toEqual(['index', 'ind', 'ind'])
})
