import { describe, expect, it, test } from 'vitest'
import { aGeo, anObject, aPin, aUser, cleanRows, userId, withCleaned, type TestRecord } from './cleaned.ts'
import { finishCleaning } from '../../../analytics/duckdb/clean.ts'
import { openDatabase } from '../../../analytics/duckdb/database.ts'
import { openLoader } from '../../../analytics/duckdb/load.ts'

/** Each cell cleaned alone: the column of the row whose cell is the given value. */
async function cleanedCells(entity: TestRecord['entity'], column: string, cell: string, values: readonly unknown[]) {
  const base = { pin: aPin(), geo: aGeo(), user: aUser() }[entity]
  const key = entity === 'pin' ? 'index' : 'ind'
  const records = values.map((value, ind) => ({ entity, value: { ...base, [key]: ind, [cell]: value } }))
  return (await cleanRows(records, entity)).map((row) => row[column])
}

type Cases = readonly (readonly [cell: unknown, clean: unknown])[]

/** One test a case, all cleaned in one go. */
function cleans(entity: TestRecord['entity'], column: string, cell: string, cases: Cases): void {
  let cleaned: ReturnType<typeof cleanedCells> | undefined
  it.each(cases.map(([text, clean], at) => ({ text, clean, at })))(
    `${column} $text -> $clean`,
    async ({ clean, at }) => {
      cleaned ??= cleanedCells(
        entity,
        column,
        cell,
        cases.map(([text]) => text),
      )
      expect((await cleaned)[at]).toEqual(clean)
    },
  )
}

const nbsp = '\u00a0'
const everyWhiteSpace =
  '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'

describe('rule 1, text hygiene', () => {
  test.each([
    ['pin', 'title', 'title'],
    ['pin', 'description', 'description'],
    ['pin', 'poster_name', 'poster_name'],
    ['pin', 'tag_list', 'tag_list'],
    ['pin', 'category', 'category'],
    ['pin', 'unique_id', 'unique_id'],
    ['pin', 'image_src', 'image_src'],
    ['pin', 'is_image_or_video', 'is_image_or_video'],
    ['geo', 'country', 'country'],
  ] as const)('%s.%s is trimmed of Unicode white space and blank is null', async (entity, column, cell) => {
    const values = ['a', ' a ', `a…${nbsp}`, `${everyWhiteSpace}a b${everyWhiteSpace}`, '', ' ', everyWhiteSpace, null]
    expect(await cleanedCells(entity, column, cell, values)).toEqual(['a', 'a', 'a…', 'a b', null, null, null, null])
  })

  test('what is inside a text stays as it is: emoji, quotes, newlines, accents, several blanks', async () => {
    const values = ['🎄 "x" \\ y', 'a\nb', 'Ünï  cödé', '中文', "Cote d'Ivoire", '\u200bzero width\u200b']
    expect(await cleanedCells('pin', 'title', 'title', values)).toEqual(values)
  })

  test('a number, a boolean or a nested value in a text column is its text', async () => {
    expect(await cleanedCells('pin', 'title', 'title', [12, true, { a: [1] }])).toEqual(['12', 'true', '{"a":[1]}'])
  })
})

describe('rule 2, markers', () => {
  it.each([
    ['title', 'No Title Data Available'],
    ['description', 'No description available Story format'],
    ['description', 'No description available'],
    ['description', 'Untitled'],
    ['poster_name', 'User Info Error'],
    ['tag_list', 'N,o, ,T,a,g,s, ,A,v,a,i,l,a,b,l,e'],
    ['image_src', 'Image src error.'],
    ['image_src', 'Image src error'],
  ])('%s: %j is null, and only as the whole cell', async (column, marker) => {
    const values = [marker, ` ${marker}${nbsp}`, `${marker} indeed`, `The ${marker}`, marker.toUpperCase()]
    const [exact, padded, ...others] = await cleanedCells('pin', column, column, values)
    expect([exact, padded]).toEqual([null, null])
    expect(others).toEqual(values.slice(2))
  })

  test('a marker of one column is an ordinary text in another', async () => {
    expect(await cleanedCells('pin', 'title', 'title', ['Untitled', 'User Info Error'])).toEqual([
      'Untitled',
      'User Info Error',
    ])
  })
})

describe('rule 3, follower_count', () => {
  cleans('pin', 'follower_count', 'follower_count', [
    ['437', 437],
    ['0', 0],
    ['124k', 124_000],
    ['124K', 124_000],
    ['6M', 6_000_000],
    ['6m', 6_000_000],
    ['2b', 2_000_000_000],
    ['1.5k', 1_500],
    ['2.5M', 2_500_000],
    ['1.0005k', 1_001],
    ['12,345', 12_345],
    ['1,234,567', 1_234_567],
    ['1,234k', 1_234_000],
    [' 10 k ', 10_000],
    [`10${nbsp}k`, 10_000],
    ['007', 7],
    ['2147483647', 2_147_483_647],
    ['2147483648', null],
    ['3B', null],
    ['99999999999999999999999999', null],
    ['-5', null],
    ['+5', null],
    ['k', null],
    ['1.k', null],
    ['.5k', null],
    ['1kk', null],
    ['1 k m', null],
    ['1e3', null],
    ['NaN', null],
    ['User Info Error', null],
    ['', null],
    [null, null],
    [437, 437],
    [1.5, 2],
  ])

  test('what is neither a count, a marker nor blank is counted as nulled', async () => {
    const values = ['12', 'many', '3B', '-1', 'User Info Error', ' ', null]
    const records = values.map((follower_count, index) => ({
      entity: 'pin' as const,
      value: { ...aPin({ index }), follower_count },
    }))
    const counts = await withCleaned(records, async (cleaned) => Promise.resolve(cleaned.counts))
    expect(counts.nulled.follower_count).toBe(3)
  })
})

describe('rule 4, save_location', () => {
  cleans('pin', 'save_location', 'save_location', [
    ['Local save in /data/art', '/data/art'],
    [`Local save in /data/art${nbsp}`, '/data/art'],
    ['Local save in   /data/home-decor', '/data/home-decor'],
    ['Local save in ', null],
    ['Local save in', null],
    ['/data/art', null],
    ['saved: Local save in /data/art', null],
    ['', null],
  ])
})

test('rules 5 to 7: the clean tables have their columns in order, and the types of the contract', async () => {
  const post = [
    { entity: 'pin' as const, value: aPin() },
    { entity: 'geo' as const, value: aGeo() },
    { entity: 'user' as const, value: aUser() },
  ]
  const [pin, geo, user] = [await cleanRows(post, 'pin'), await cleanRows(post, 'geo'), await cleanRows(post, 'user')]
  expect(JSON.stringify(pin)).toBe(
    '[{"ind":1,"unique_id":"b8c63a95-6fe8-4d8f-9455-1eb3462fee94","title":"A title","description":"A description","follower_count":124000,"poster_name":"A poster","tag_list":"One,Two","is_image_or_video":"image","image_src":"https://i.pinimg.com/originals/a.jpg","save_location":"/data/art","category":"art"}]',
  )
  expect(JSON.stringify(geo)).toBe(
    '[{"ind":1,"country":"Albania","coordinates":[-88.4642,-171.061],"timestamp":"2018-03-04 05:06:07"}]',
  )
  expect(JSON.stringify(user)).toBe(
    '[{"ind":1,"user_name":"Aaron Abbott","age":20,"date_joined":"2015-10-23 16:11:28"}]',
  )
})

test.each([
  [-90, -180, [-90, -180]],
  [90, 180, [90, 180]],
  ['12.5', ' -7 ', [12.5, -7]],
  [0, 1e-4, [0, 0.0001]],
  [90.0001, 0, null],
  [-90.0001, 0, null],
  [0, 180.5, null],
  [0, -180.5, null],
  ['north', 0, null],
  ['NaN', 0, null],
  ['1e400', 0, null],
  [null, 0, null],
])('rule 6: latitude %j, longitude %j -> %j', async (latitude, longitude, coordinates) => {
  const rows = await cleanRows([{ entity: 'geo', value: { ...aGeo(), latitude, longitude } }], 'geo')
  expect(rows[0]?.['coordinates']).toEqual(coordinates)
})

test.each([
  ['Aaron', 'Abbott', 'Aaron Abbott'],
  [' Aaron ', `Abbott${nbsp}`, 'Aaron Abbott'],
  ['Anna  Maria', 'Abbott', 'Anna  Maria Abbott'],
  ['Aaron', '', 'Aaron'],
  ['', 'Abbott', 'Abbott'],
  [null, 'Abbott', 'Abbott'],
  [' ', null, null],
])('rule 7: first name %j, last name %j -> %j', async (first_name, last_name, user_name) => {
  const rows = await cleanRows([{ entity: 'user', value: { ...aUser(), first_name, last_name } }], 'user')
  expect(rows[0]?.['user_name']).toBe(user_name)
})

describe('rule 8, time', () => {
  const times: Cases = [
    ['2018-03-04 05:06:07', '2018-03-04 05:06:07'],
    ['2018-03-04T05:06:07', '2018-03-04 05:06:07'],
    ['2018-03-04T05:06:07Z', '2018-03-04 05:06:07'],
    ['2018-03-04 05:06:07.999', '2018-03-04 05:06:07'],
    ['2018-03-04T05:06:07.123456789Z', '2018-03-04 05:06:07'],
    ['2018-03-04T05:06:07+02:00', '2018-03-04 03:06:07'],
    ['2018-03-04T05:06:07.5-0330', '2018-03-04 08:36:07'],
    ['2018-01-01T00:30:00+01', '2017-12-31 23:30:00'],
    ['2018-12-31 23:30:00-14:00', '2019-01-01 13:30:00'],
    [` 2018-03-04 05:06:07${nbsp}`, '2018-03-04 05:06:07'],
    ['2020-02-29 00:00:00', '2020-02-29 00:00:00'],
    ['2019-02-29 00:00:00', null],
    ['2019-02-30 00:00:00+01:00', null],
    ['2018-13-01 00:00:00', null],
    ['2018-00-10 00:00:00', null],
    ['0000-00-00 00:00:00', null],
    ['2018-03-04 24:00:00', null],
    ['2018-03-04 23:59:60', null],
    ['2018-03-04', null],
    ['2018-03-04 05:06', null],
    ['04/03/2018 05:06:07', null],
    ['2018-03-04 05:06:07 CET', null],
    ['2018-03-04 05:06:07+25:00', null],
    ['yesterday', null],
    [1_520_139_967, null],
    [null, null],
  ]
  cleans('geo', 'timestamp', 'timestamp', times)
  cleans('user', 'date_joined', 'date_joined', times)
})

describe('rule 9, integers', () => {
  cleans('user', 'age', 'age', [
    [0, 0],
    [130, 130],
    ['42', 42],
    [' 42 ', 42],
    ['25.0', 25],
    [-1, null],
    [131, null],
    ['twenty', null],
    [25.5, null],
    ['99999999999', null],
    [null, null],
  ])

  it.each([
    ['7528', 7528],
    [' 7 ', 7],
    ['+7', 7],
    [-7, -7],
    [2_147_483_647, 2_147_483_647],
  ])('ind %j is a row of ind %j', async (ind, clean) => {
    const records = [
      { entity: 'pin' as const, value: { ...aPin(), index: ind } },
      { entity: 'geo' as const, value: { ...aGeo(), ind } },
    ]
    expect((await cleanRows(records, 'pin')).map((row) => row['ind'])).toEqual([clean])
    expect((await cleanRows(records, 'geo')).map((row) => row['ind'])).toEqual([clean])
  })
})

test('values that could not be used are counted by column', async () => {
  const records = [
    { entity: 'geo' as const, value: { ...aGeo({ ind: 1 }), latitude: 91 } },
    { entity: 'geo' as const, value: { ...aGeo({ ind: 2 }), latitude: null, longitude: null } },
    { entity: 'geo' as const, value: { ...aGeo({ ind: 3 }), timestamp: 'soon' } },
    { entity: 'user' as const, value: { ...aUser({ ind: 1 }), age: 'old' } },
    { entity: 'user' as const, value: { ...aUser({ ind: 2 }), date_joined: 'soon' } },
    { entity: 'user' as const, value: aUser({ ind: 3, age: 17 }) },
  ]
  const counts = await withCleaned(records, async (cleaned) => Promise.resolve(cleaned.counts))
  expect(counts.nulled).toEqual({ follower_count: 0, coordinates: 1, timestamp: 1, age: 1, date_joined: 1 })
  expect(counts.outsideAgeGroups).toEqual({ under18: 1, unknownAge: 1 })
  expect(counts.orphans).toEqual({ pin: 0, geo: 3, user: 3 })
})

describe('rule 10, duplicates', () => {
  test('equal copies collapse, whatever their key order, form of time or place', async () => {
    const { timestamp, ...rest } = aGeo()
    const copies = [
      { entity: 'geo' as const, value: aGeo() },
      { entity: 'geo' as const, value: { ...rest, timestamp: timestamp.replace(' ', 'T') } },
      { entity: 'geo' as const, partition: 2, value: aGeo({ country: 'Albania ' }) },
    ]
    const { tables } = await withCleaned(copies, async ({ counts }) => Promise.resolve(counts))
    expect(tables.geo).toEqual({ records: 3, rows: 1, equalDuplicates: 2, differingDuplicates: 0, rejected: 0 })
  })

  it.each([
    {
      what: 'the highest offset',
      places: [
        [0, 7],
        [0, 9],
        [0, 8],
      ],
      kept: 1,
    },
    {
      what: 'the highest offset of any partition',
      places: [
        [2, 7],
        [0, 8],
        [1, 3],
      ],
      kept: 1,
    },
    {
      what: 'the highest partition of equal offsets',
      places: [
        [1, 7],
        [2, 7],
        [0, 7],
      ],
      kept: 1,
    },
    {
      what: 'an offset by its number',
      places: [
        [0, 99],
        [0, 100],
        [0, 11],
      ],
      kept: 1,
    },
  ])('of differing copies the last wins: $what', async ({ places, kept }) => {
    const records = places.map(([partition = 0, offset = 0], copy) => ({
      entity: 'user' as const,
      partition,
      offset,
      value: aUser({ last_name: `Copy ${String(copy)}` }),
    }))
    await withCleaned(records, async ({ database, counts }) => {
      expect(await database.select('SELECT user_name FROM users')).toEqual([
        { user_name: `Aaron Copy ${String(kept)}` },
      ])
      expect(counts.tables.user).toMatchObject({ records: 3, rows: 1, equalDuplicates: 0, differingDuplicates: 2 })
    })
  })

  test('copies that differ only in what is dropped are equal', async () => {
    const records = [0, 1].map((downloaded) => ({ entity: 'pin' as const, value: aPin({ downloaded }) }))
    const { tables } = await withCleaned(records, async ({ counts }) => Promise.resolve(counts))
    expect(tables.pin).toMatchObject({ rows: 1, equalDuplicates: 1, differingDuplicates: 0 })
  })
})

describe('rule 11, rejected', () => {
  it.each([
    ['pin', '{"index": 1', 'not JSON'],
    ['pin', 'hello', 'not JSON'],
    ['geo', '', 'not JSON'],
    ['pin', '{"title":"a"}', 'no ind'],
    ['pin', '{"ind":1,"title":"a"}', 'no ind'],
    ['geo', '{"ind":null,"country":"a"}', 'no ind'],
    ['geo', '{"ind":"x","country":"a"}', 'no ind'],
    ['geo', '{"ind":1.5,"country":"a"}', 'no ind'],
    ['geo', '{"ind":2147483648,"country":"a"}', 'no ind'],
    ['user', '[{"ind":1}]', 'no ind'],
    ['user', '"text"', 'no ind'],
    ['user', '5', 'no ind'],
    ['user', 'null', 'no ind'],
    ['pin', JSON.stringify(aGeo()), 'a record of another table'],
    ['pin', JSON.stringify(aUser()), 'a record of another table'],
    ['geo', JSON.stringify(aPin()), 'a record of another table'],
    ['geo', JSON.stringify(aUser()), 'a record of another table'],
    ['user', JSON.stringify(aPin()), 'a record of another table'],
    ['user', JSON.stringify(aGeo()), 'a record of another table'],
    ['geo', '"eyes"', 'no ind'],
    ['geo', JSON.stringify(JSON.stringify(aGeo())), 'no ind: JSON inside JSON: the producer called json.dumps on Data'],
    [
      'geo',
      btoa(JSON.stringify(aGeo())),
      'not JSON: base64 twice: the producer encoded Data, and so does the mapping template',
    ],
    [
      'user',
      '{ind=1, age=20}',
      'not JSON: an object written as {key=value}: the mapping template needs $input.json, or Data as text',
    ],
  ] as const)('in the %s topic: %s is quarantined as %j', async (entity, value, reason) => {
    const good = { entity, offset: 0, value: { pin: aPin(), geo: aGeo(), user: aUser() }[entity] }
    const { tables, quarantine } = await withCleaned([good, { entity, offset: 1, value }], async ({ counts }) =>
      Promise.resolve(counts),
    )
    expect(tables[entity]).toMatchObject({ records: 2, rows: 1, rejected: 1 })
    const topic = `${userId}.${entity}`
    expect(quarantine).toEqual({
      total: 1,
      records: [
        { objectKey: `topics/${topic}/partition=0/${topic}+0+0000000001.json`, offset: 1, topic, reason, value },
      ],
    })
  })

  test('a row that carries a column of another table too is a row', async () => {
    const value = { ...aUser(), country: 'Albania' }
    expect(await cleanRows([{ entity: 'user', value }], 'user')).toHaveLength(1)
  })
})

describe('objects', () => {
  test('each line is a record, its offset the start offset and its place, or its own where given', async () => {
    await using database = await openDatabase(new AbortController().signal)
    const loader = await openLoader(database)
    const lines = (inds: number[]): string => inds.map((ind) => `${JSON.stringify(aGeo({ ind }))}\n`).join('')
    await loader.add('geo', anObject('geo', 0, 5, lines([1, 2, 3])))
    await loader.add('geo', anObject('geo', 1, 20, lines([4, 5])), [20n, 23n])
    await loader.add('geo', anObject('geo', 1, 30, ''))
    await loader.add('geo', anObject('geo', 1, 31, JSON.stringify(aGeo({ ind: 6 })))) // no newline at the end
    await loader.finish()
    await finishCleaning(database)
    expect(await database.select('SELECT ind, "offset" FROM geo_records ORDER BY ind')).toEqual([
      { ind: 1, offset: 5 },
      { ind: 2, offset: 6 },
      { ind: 3, offset: 7 },
      { ind: 4, offset: 20 },
      { ind: 5, offset: 23 },
      { ind: 6, offset: 31 },
    ])
  })

  test('bytes that are no UTF-8 spoil their own record only', async () => {
    await using database = await openDatabase(new AbortController().signal)
    const loader = await openLoader(database)
    const good = JSON.stringify(aGeo({ ind: 1 }))
    const object = anObject('geo', 0, 0, `${good}\n\n${good.replace('Albania', 'Alban!a')}\n`)
    object.body[object.body.indexOf('!')] = 0xff
    await loader.add('geo', object)
    await loader.finish()
    const { tables, quarantine } = await finishCleaning(database)
    expect(tables.geo).toMatchObject({ records: 3, rows: 1, differingDuplicates: 1, rejected: 1 })
    expect(quarantine.records[0]).toMatchObject({ offset: 1, reason: 'not JSON', value: '' })
  })
})
