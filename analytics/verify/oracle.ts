import {
  type Answers,
  type AnswerRow,
  type CleanOf,
  type EntityName,
  type QueryId,
  type Variant,
} from '../../contract/index.ts'

/** What the queries read of a clean row. */
export interface FactOf {
  pin: Pick<CleanOf['pin'], 'category' | 'follower_count'>
  geo: Pick<CleanOf['geo'], 'country' | 'timestamp'>
  user: Pick<CleanOf['user'], 'user_name' | 'age' | 'date_joined'>
}

/** One clean row and how many records gave it. */
export interface Fact<E extends EntityName> {
  readonly clean: FactOf[E]
  readonly records: number
}

/** Facts by ind. After rule 10 each ind has one fact of one record; before it, as many as its copies differ. */
export type Facts = { readonly [E in EntityName]: ReadonlyMap<number, readonly Fact<E>[]> }

/**
 * The eight answers by PIPELINE_FACTS section 5 from clean rows, written apart from analytics/sql, in the order the queries
 * promise. For the naive variant `facts` holds every record, and a joined row counts for the product of its records.
 */
export function oracleAnswers(facts: Facts, variant: Variant): Answers {
  const posts = [...joinedPosts(facts)]
  const answers: Record<QueryId, AnswerRow[]> = {
    '4': popular(withPlace(facts), (row) => row.country, 'country'),
    '5': popular(withPlace(facts), (row) => yearWithin(row.timestamp, 2018, 2022), 'post_year'),
    '6a': mostFollowedPerCountry(posts),
    '6b': mostFollowedCountry(posts),
    '7': popular(withAccount(facts), (row) => ageGroup(row.age), 'age_group'),
    '8': medians(withAccount(facts), (row) => ({ age_group: ageGroup(row.age) })),
    '9': joinedPerYear(facts, variant),
    '10': medians(withAccount(facts), (row) => ({ post_year: yearWithin(row.date_joined, 2015, 2020) })),
    '11': medians(withAccount(facts), (row) => ({
      age_group: ageGroup(row.age),
      post_year: yearWithin(row.date_joined, 2015, 2020),
    })),
  }
  return answers
}

type Joined<E extends EntityName> = FactOf[E] & FactOf['pin']
interface Weighted<Row> {
  readonly row: Row
  readonly weight: number
}

function* joined<E extends 'geo' | 'user'>(
  facts: Facts,
  others: ReadonlyMap<number, readonly Fact<E>[]>,
): Generator<Weighted<Joined<E>>> {
  for (const [ind, pins] of facts.pin) {
    for (const other of others.get(ind) ?? []) {
      for (const pin of pins) yield { row: { ...pin.clean, ...other.clean }, weight: pin.records * other.records }
    }
  }
}
const withPlace = (facts: Facts): Generator<Weighted<Joined<'geo'>>> => joined<'geo'>(facts, facts.geo)
const withAccount = (facts: Facts): Generator<Weighted<Joined<'user'>>> => joined<'user'>(facts, facts.user)

interface Post {
  readonly country: string
  readonly user_name: string
  readonly follower_count: number
}

/** Three-way joined posts with a known country, user and follower count. */
function* joinedPosts(facts: Facts): Generator<Post> {
  for (const [ind, pins] of facts.pin) {
    for (const { clean: pin } of pins) {
      for (const { clean: geo } of facts.geo.get(ind) ?? []) {
        for (const { clean: user } of facts.user.get(ind) ?? []) {
          if (pin.follower_count === null || geo.country === null || user.user_name === null) continue
          yield { country: geo.country, user_name: user.user_name, follower_count: pin.follower_count }
        }
      }
    }
  }
}

type Key = string | number

function popular<Row extends { readonly category: string | null }>(
  rows: Iterable<Weighted<Row>>,
  groupOf: (row: Row) => Key | null,
  column: string,
): AnswerRow[] {
  const groups = new Map<Key, Map<string, number>>()
  for (const { row, weight } of rows) {
    const group = groupOf(row)
    if (group === null || row.category === null) continue
    const counts = groups.get(group) ?? new Map<string, number>()
    groups.set(group, counts.set(row.category, (counts.get(row.category) ?? 0) + weight))
  }
  return inOrder(groups.keys()).flatMap((group) => {
    const counts = groups.get(group) ?? new Map<string, number>()
    const most = Math.max(...counts.values())
    const winners = [...counts].filter(([, count]) => count === most).map(([category]) => category)
    return inOrder(winners).map((category) => ({ [column]: group, category, category_count: most }))
  })
}

function mostFollowedPerCountry(posts: readonly Post[]): AnswerRow[] {
  const countries = Map.groupBy(posts, ({ country }) => country)
  return inOrder(countries.keys()).flatMap((country) => {
    const inCountry = countries.get(country) ?? []
    const most = inCountry.reduce((max, { follower_count }) => Math.max(max, follower_count), 0)
    const users = new Set(inCountry.filter((post) => post.follower_count === most).map(({ user_name }) => user_name))
    return inOrder(users).map((user_name) => ({ country, user_name, follower_count: most }))
  })
}

function mostFollowedCountry(posts: readonly Post[]): AnswerRow[] {
  const most = posts.reduce((max, { follower_count }) => Math.max(max, follower_count), 0)
  const countries = new Set(posts.filter((post) => post.follower_count === most).map(({ country }) => country))
  return inOrder(countries).map((country) => ({ country, follower_count: most }))
}

function medians(
  rows: Iterable<Weighted<Joined<'user'>>>,
  groupOf: (row: Joined<'user'>) => Record<string, Key | null>,
): AnswerRow[] {
  const groups = new Map<
    string,
    { readonly group: Record<string, Key | null>; readonly followers: Weighted<number>[] }
  >()
  for (const { row, weight } of rows) {
    const group = groupOf(row)
    if (row.follower_count === null || Object.values(group).includes(null)) continue
    const name = JSON.stringify(
      Object.values(group).map((key) => (typeof key === 'string' ? ageOrder.indexOf(key) : key)),
    )
    const known = groups.get(name) ?? { group, followers: [] }
    known.followers.push({ row: row.follower_count, weight })
    groups.set(name, known)
  }
  return inOrder(groups.keys()).map((name) => {
    const { group, followers } = groups.get(name) ?? { group: {}, followers: [] }
    return { ...group, median_follower_count: weightedMedian(followers) }
  })
}

/** Median of the values, each taken `weight` times: the mean of the two middle ones of an even number. */
function weightedMedian(values: readonly Weighted<number>[]): number {
  const sorted = values.toSorted((a, b) => a.row - b.row)
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0)
  const at = (position: number): number => {
    let passed = 0
    for (const { row, weight } of sorted) {
      passed += weight
      if (passed > position) return row
    }
    return Number.NaN
  }
  return (at(Math.floor((total - 1) / 2)) + at(Math.floor(total / 2))) / 2
}

function joinedPerYear(facts: Facts, variant: Variant): AnswerRow[] {
  const counts = new Map<number, number>()
  const seen = new Set<string>()
  for (const { clean, records } of [...facts.user.values()].flat()) {
    const year = yearWithin(clean.date_joined, 2015, 2020)
    const account = JSON.stringify([clean.user_name, clean.age, clean.date_joined])
    if (year === null || (variant === 'right' && seen.has(account))) continue
    seen.add(account)
    counts.set(year, (counts.get(year) ?? 0) + (variant === 'right' ? 1 : records))
  }
  return inOrder(counts.keys()).map((year) => ({ post_year: year, number_users_joined: counts.get(year) ?? 0 }))
}

const ageOrder = ['18-24', '25-35', '36-50', '+50']

function ageGroup(age: number | null): string | null {
  if (age === null || age < 18) return null
  return ageOrder[[24, 35, 50].filter((oldest) => age > oldest).length] ?? null
}

function yearWithin(time: string | null, first: number, last: number): number | null {
  const year = Number(time?.slice(0, 4))
  return time !== null && year >= first && year <= last ? year : null
}

/** Age groups youngest first, numbers ascending, texts by code point. */
function inOrder<K extends Key>(keys: Iterable<K>): K[] {
  return [...keys].sort((a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return a - b
    const [left, right] = [String(a), String(b)]
    const groups = [ageOrder.indexOf(left), ageOrder.indexOf(right)] as const
    if (groups[0] >= 0 && groups[1] >= 0) return groups[0] - groups[1]
    return Buffer.compare(Buffer.from(left), Buffer.from(right))
  })
}

/** Rows of the answer that differ from the oracle's, cell by cell, as text. */
export function differences(id: QueryId, actual: readonly AnswerRow[], expected: readonly AnswerRow[]): string[] {
  const length = Math.max(actual.length, expected.length)
  const told: string[] = []
  for (let at = 0; at < length; at++) {
    const [is, should] = [JSON.stringify(actual[at] ?? null), JSON.stringify(expected[at] ?? null)]
    if (is !== should) told.push(`query ${id} row ${String(at + 1)}: ${is}, the oracle says ${should}`)
  }
  return told
}
