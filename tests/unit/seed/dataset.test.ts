import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { entityNames, GeoRow, LabError, PinRow, UserRow, type DatasetRow } from '../../../contract/index.ts'
import { datasetRow, defaultDataset, generateDataset } from '../../../seed/dataset.ts'
import { countries } from '../../../seed/domains/countries.ts'
import { datasetDigest } from '../../../seed/load.ts'
import { truthOf } from '../../../seed/truth.ts'

const rowsOf = (seed: number, size: number): DatasetRow[] => [...generateDataset({ seed, size })]
const shareOf = (rows: readonly DatasetRow[], is: (row: DatasetRow) => boolean): number =>
  rows.filter(is).length / rows.length
const countBy = <T>(rows: readonly DatasetRow[], key: (row: DatasetRow) => T): Map<T, number> => {
  const counts = new Map<T, number>()
  for (const row of rows) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1)
  return counts
}
const accountKey = ({ user }: DatasetRow): string => {
  const { first_name, last_name, age, date_joined } = user.row
  return [first_name, last_name, age, date_joined].join('|')
}

const sizeOfCourse = 11_154
const seeds = [1, 2, 4_294_967_295]
const dataSets = new Map(seeds.map((seed) => [seed, rowsOf(seed, sizeOfCourse)]))
const dataSet = (seed: number): DatasetRow[] => dataSets.get(seed)!

describe.each(seeds)('the course-sized data set of seed %i', (seed) => {
  const rows = dataSet(seed)

  it.each<[string, number, number, (row: DatasetRow) => boolean]>([
    ['follower counts like 437', 0.165, 0.003, ({ pin }) => /^\d+$/.test(pin.row.follower_count)],
    ['follower counts like 124k', 0.754, 0.003, ({ pin }) => /^\d+k$/.test(pin.row.follower_count)],
    ['follower counts like 6M', 0.072, 0.003, ({ pin }) => /^\d+M$/.test(pin.row.follower_count)],
    ['unknown follower counts', 0.009, 0.0005, ({ pin }) => pin.row.follower_count === 'User Info Error'],
    ['unknown posters', 0.009, 0.0005, ({ pin }) => pin.row.poster_name === 'User Info Error'],
    ['unknown titles', 0.009, 0.0005, ({ pin }) => pin.row.title === 'No Title Data Available'],
    ['story texts', 0.067, 0.0005, ({ pin }) => pin.row.description === 'No description available Story format'],
    ['unknown descriptions', 0.016, 0.0005, ({ pin }) => pin.row.description === 'No description available'],
    ['untitled descriptions', 0.0004, 0.0003, ({ pin }) => pin.row.description === 'Untitled'],
    ['unknown tags', 0.0135, 0.0005, ({ pin }) => pin.row.tag_list === 'N,o, ,T,a,g,s, ,A,v,a,i,l,a,b,l,e'],
    ['image errors', 0.022, 0.0007, ({ pin }) => pin.row.image_src === 'Image src error.'],
    ['images', 0.905, 0.001, ({ pin }) => pin.row.is_image_or_video === 'image'],
    ['videos', 0.028, 0.001, ({ pin }) => pin.row.is_image_or_video === 'video'],
    ['multi-videos', 0.067, 0.001, ({ pin }) => pin.row.is_image_or_video === 'multi-video(story page format)'],
    ['cut descriptions', 0.36, 0.02, ({ pin }) => pin.row.description.endsWith('…\u00a0')],
    ['poster names that end in a blank', 0.02, 0.002, ({ pin }) => pin.row.poster_name.endsWith(' ')],
    ['titles beyond ASCII', 0.1, 0.015, ({ pin }) => /[^\0-\x7f]/.test(pin.row.title)],
    ['descriptions with a newline', 0.015, 0.012, ({ pin }) => pin.row.description.includes('\n')],
    ['age 20', 0.19, 0.04, ({ user }) => user.row.age === 20],
    ['joined in 2015', 0.4, 0.06, ({ user }) => user.row.date_joined < '2016'],
  ])('has the share of %s', (_what, share, tolerance, is) => {
    expect(Math.abs(shareOf(rows, is) - share)).toBeLessThanOrEqual(tolerance)
  })

  test('has the course’s accounts: 5,307, of which 3,869 have one post, the largest 244, 140 and 88', () => {
    const sizes = [...countBy(rows, accountKey).values()].sort((a, b) => b - a)
    expect(sizes.length).toBe(5_307)
    expect(sizes.slice(0, 5)).toEqual([244, 140, 88, 88, 86])
    expect(sizes.filter((size) => size === 1).length).toBe(3_869)
  })

  test('gives each account one poster, one follower count, one place, and each poster one account', () => {
    const known = rows.filter(({ pin }) => pin.clean.poster_name !== null)
    const ofAccount = new Map<string, Set<string>>()
    const ofPoster = new Map<string, Set<string>>()
    for (const row of known) {
      const { poster_name, follower_count } = row.pin.row
      const { country, latitude, longitude } = row.geo.row
      const add = (map: Map<string, Set<string>>, key: string, text: string): unknown =>
        map.set(key, (map.get(key) ?? new Set()).add(text))
      add(ofAccount, accountKey(row), [poster_name, follower_count, country, latitude, longitude].join('|'))
      add(ofPoster, poster_name, accountKey(row))
    }
    expect([...ofAccount.values()].every((values) => values.size === 1)).toBe(true)
    expect([...ofPoster.values()].every((accounts) => accounts.size === 1)).toBe(true)
  })

  test('has about 189 names that carry several ages, and the skew of column-wise minima', () => {
    const ages = new Map<string, Set<number>>()
    for (const { user } of rows) {
      const name = user.clean.user_name!
      ages.set(name, (ages.get(name) ?? new Set()).add(user.row.age))
    }
    const several = [...ages.values()].filter((values) => values.size > 1).length
    expect(several).toBeGreaterThan(140)
    expect(several).toBeLessThan(240)
    const top = (key: (row: DatasetRow) => string): string[] =>
      [...countBy(rows, key)].sort(([, a], [, b]) => b - a).map(([value]) => value)
    expect(top(({ geo }) => geo.row.country).slice(0, 6)).toEqual(expect.arrayContaining(['Afghanistan', 'Albania']))
    expect(top(({ user }) => user.row.first_name).slice(0, 4)).toEqual(expect.arrayContaining(['Aaron']))
  })

  test('keeps every correlation of the markers', () => {
    const isStory = ({ pin }: DatasetRow): boolean => pin.row.description === 'No description available Story format'
    const isMultiVideo = ({ pin }: DatasetRow): boolean =>
      pin.row.is_image_or_video === 'multi-video(story page format)'
    const isImageError = ({ pin }: DatasetRow): boolean => pin.row.image_src === 'Image src error.'
    const isPosterError = ({ pin }: DatasetRow): boolean => pin.row.poster_name === 'User Info Error'
    const { title, tag_list } = rows.find(isPosterError)!.pin.row
    expect({ title, tag_list }).toEqual({
      title: 'No Title Data Available',
      tag_list: 'N,o, ,T,a,g,s, ,A,v,a,i,l,a,b,l,e',
    })
    expect(
      rows.filter(
        (row) =>
          isStory(row) !== isMultiVideo(row) ||
          row.pin.row.downloaded !== (isImageError(row) ? 0 : 1) ||
          isPosterError(row) !== (row.pin.row.follower_count === 'User Info Error') ||
          isPosterError(row) !== (row.pin.row.title === title) ||
          (isPosterError(row) && !(isStory(row) && isImageError(row) && row.pin.row.tag_list === tag_list)),
      ),
    ).toEqual([])
    expect(shareOf(rows.filter(isMultiVideo), isImageError)).toBeCloseTo(1 / 3, 2)
  })

  test('stays within every domain and is what the contract says', () => {
    const known = new Set(countries.texts)
    const survivesFloat = (degrees: number): boolean => Number(Math.fround(degrees).toPrecision(6)) === degrees
    const isWithin = ({ ind, pin, geo, user }: DatasetRow): boolean =>
      PinRow.safeParse(pin.row).success &&
      GeoRow.safeParse(geo.row).success &&
      UserRow.safeParse(user.row).success &&
      [pin.row.index, geo.row.ind, user.row.ind].every((key) => key === ind) &&
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(pin.row.unique_id) &&
      pin.row.description.length <= 180 &&
      pin.row.description.isWellFormed() &&
      (pin.clean.tag_list === null || new Set(pin.clean.tag_list.split(',')).size === 9) &&
      pin.row.save_location === `Local save in /data/${pin.row.category}` &&
      !Object.values(pin.row).includes('') &&
      known.has(geo.row.country) &&
      geo.row.timestamp >= '2017-10-19 15:13:42' &&
      geo.row.timestamp <= '2022-10-19 17:54:26' &&
      user.row.date_joined >= '2015-10-21' &&
      user.row.date_joined < '2017-10-21' &&
      user.row.date_joined < geo.row.timestamp &&
      user.row.age >= 20 &&
      user.row.age <= 60 &&
      survivesFloat(geo.row.latitude) &&
      survivesFloat(geo.row.longitude) &&
      Math.abs(geo.row.latitude) <= 90 &&
      Math.abs(geo.row.longitude) <= 180
    expect(rows.filter((row) => !isWithin(row))).toEqual([])
    expect(new Set(rows.map(({ pin }) => pin.row.unique_id)).size).toBe(rows.length)
    expect(rows.map(({ ind }) => ind)).toEqual(rows.keys().toArray())
  })
})

test('the category blocks are the course’s', () => {
  const starts = new Map<string, number>()
  for (const { ind, pin } of dataSet(1)) if (!starts.has(pin.row.category)) starts.set(pin.row.category, ind)
  expect(Object.fromEntries(starts)).toEqual({
    art: 0,
    beauty: 892,
    christmas: 1637,
    'diy-and-crafts': 2637,
    education: 3467,
    'event-planning': 4330,
    finance: 5077,
    'home-decor': 5864,
    'mens-fashion': 6725,
    quotes: 7577,
    tattoos: 8487,
    travel: 9457,
    vehicles: 10_316,
  })
})

test('there are 243 countries', () => {
  expect(new Set(countries.texts).size).toBe(243)
  expect(countries.texts).toEqual(expect.arrayContaining(["Cote d'Ivoire", 'Cocos (Keeling) Islands']))
})

test('about half of the larger accounts keep to one category, the others wander', () => {
  const categories = new Map<string, { posts: number; of: Set<string> }>()
  for (const row of dataSet(1)) {
    const account = categories.get(accountKey(row)) ?? { posts: 0, of: new Set() }
    account.posts += 1
    account.of.add(row.pin.row.category)
    categories.set(accountKey(row), account)
  }
  const larger = [...categories.values()].filter(({ posts }) => posts >= 5)
  const faithful = larger.filter(({ of }) => of.size === 1).length / larger.length
  expect(faithful).toBeGreaterThan(0.3)
  expect(faithful).toBeLessThan(0.7)
})

test('the default data set never changes: results can be compared from machine to machine', () => {
  const hash = createHash('sha256')
  for (const row of dataSet(defaultDataset.seed)) hash.update(JSON.stringify(row))
  expect(hash.digest('hex')).toBe('04e2437956477b5184e61ba19504609907be79919a7ff18c5ab030e5af5210ea')
})

test('another seed gives other rows, another size too', () => {
  const digests = [
    { seed: 1, size: 100 },
    { seed: 2, size: 100 },
    { seed: 1, size: 101 },
  ].map(datasetDigest)
  expect(new Set(digests).size).toBe(3)
})

const Spec = fc.record({
  seed: fc.integer({ min: 0, max: 0xffff_ffff }),
  size: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 30_000 })),
})

test('a row taken by itself is the row of the stream', () => {
  fc.assert(
    fc.property(Spec, fc.nat(), (spec, position) => {
      const ind = position % spec.size
      let row: DatasetRow | undefined
      for (const next of generateDataset(spec)) {
        row = next
        if (next.ind === ind) break
      }
      expect(datasetRow(spec, ind)).toEqual(row)
    }),
    { numRuns: 20 },
  )
})

test('a row of ten million is as cheap as one of a few, and has the truth of its row', () => {
  const spec = { seed: 5, size: 10_000_000 }
  for (const ind of [0, 1, 4_999_999, 9_999_999]) {
    const row = datasetRow(spec, ind)
    expect(row.ind).toBe(ind)
    for (const entity of entityNames) expect(truthOf(entity, row[entity].row)).toEqual(row[entity].clean)
  }
})

test('the truth that the generator meant is the truth that the rules find', () => {
  fc.assert(
    fc.property(Spec, (spec) => {
      let rows = 0
      for (const row of generateDataset(spec)) {
        for (const entity of entityNames) expect(truthOf(entity, row[entity].row)).toEqual(row[entity].clean)
        if (++rows === 300) break
      }
    }),
    { numRuns: 20 },
  )
  const agrees = (row: DatasetRow): boolean =>
    entityNames.every((entity) => isDeepStrictEqual(truthOf(entity, row[entity].row), row[entity].clean))
  expect(dataSet(1).filter((row) => !agrees(row))).toEqual([])
})

test('accounts grow in proportion to the posts, with the same shape', () => {
  const rows = rowsOf(9, sizeOfCourse * 2 + 1_000)
  const sizes = [...countBy(rows, accountKey).values()].sort((a, b) => b - a)
  expect(sizes.length).toBe(2 * 5_307 + Math.round((1_000 * 5_307) / sizeOfCourse))
  expect(sizes.slice(0, 4)).toEqual([244, 244, 140, 140])
})

it.each([
  { seed: -1, size: 10 },
  { seed: 1.5, size: 10 },
  { seed: 4_294_967_296, size: 10 },
  { seed: 1, size: 0 },
  { seed: 1, size: 10_000_001 },
  { seed: Number.NaN, size: 10 },
])('refuses seed $seed and size $size', (spec) => {
  expect(() => generateDataset(spec).next()).toThrow(LabError)
})

it.each([-1, 10, 0.5])('has no row %d of ten', (ind) => {
  expect(() => datasetRow({ seed: 1, size: 10 }, ind)).toThrow(RangeError)
})
