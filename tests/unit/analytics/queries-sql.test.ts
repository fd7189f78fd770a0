import { describe, expect, test } from 'vitest'
import { queryColumns, queryIds } from '../../../contract/index.ts'
import { useVariant } from '../../../analytics/duckdb/clean.ts'
import { aGeo, answersOf, aPin, aPost, aUser, withCleaned, type TestRecord } from './cleaned.ts'

/** `count` posts from ind `first` on, alike but for what `cells` says. */
const posts = (first: number, count: number, cells: Parameters<typeof aPost>[1]): TestRecord[] =>
  Array.from({ length: count }, (_, at) => aPost(first + at, cells)).flat()

test('each answer has exactly its output columns, in order, as numbers and texts', async () => {
  const answers = await answersOf(aPost(1))
  for (const id of queryIds) expect(answers[id].map((row) => Object.keys(row))).toEqual([[...queryColumns[id]]])
  expect(answers).toEqual({
    '4': [{ country: 'Albania', category: 'art', category_count: 1 }],
    '5': [{ post_year: 2018, category: 'art', category_count: 1 }],
    '6a': [{ country: 'Albania', user_name: 'Aaron Abbott', follower_count: 124_000 }],
    '6b': [{ country: 'Albania', follower_count: 124_000 }],
    '7': [{ age_group: '18-24', category: 'art', category_count: 1 }],
    '8': [{ age_group: '18-24', median_follower_count: 124_000 }],
    '9': [{ post_year: 2015, number_users_joined: 1 }],
    '10': [{ post_year: 2015, median_follower_count: 124_000 }],
    '11': [{ age_group: '18-24', post_year: 2015, median_follower_count: 124_000 }],
  })
})

test('without records every answer is empty', async () => {
  const answers = await answersOf([])
  for (const id of queryIds) expect(answers[id]).toEqual([])
})

test('4: every tied winner is a row, ordered by country and category as bytes', async () => {
  const answers = await answersOf([
    ...posts(0, 2, { geo: { country: 'Zambia' }, pin: { category: 'quotes' } }),
    ...posts(2, 2, { geo: { country: 'Zambia' }, pin: { category: 'art' } }),
    ...posts(4, 1, { geo: { country: 'Zambia' }, pin: { category: 'travel' } }),
    ...posts(5, 1, { geo: { country: 'Åland' } }),
    ...posts(6, 1, { geo: { country: 'albania' } }),
    ...posts(7, 1, { geo: { country: 'Albania' } }),
  ])
  expect(answers['4']).toEqual([
    { country: 'Albania', category: 'art', category_count: 1 },
    { country: 'Zambia', category: 'art', category_count: 2 },
    { country: 'Zambia', category: 'quotes', category_count: 2 },
    { country: 'albania', category: 'art', category_count: 1 },
    { country: 'Åland', category: 'art', category_count: 1 },
  ])
})

test('4: an unknown country or category is no group and wins nothing', async () => {
  const answers = await answersOf([
    ...posts(0, 3, { geo: { country: ' ' } }),
    ...posts(3, 3, { pin: { category: '' } }),
    ...posts(6, 1, { pin: { category: 'travel' } }),
  ])
  expect(answers['4']).toEqual([{ country: 'Albania', category: 'travel', category_count: 1 }])
})

test('5: the years 2018 to 2022 inclusive, by UTC; an unknown time belongs to none', async () => {
  const times = [
    '2017-12-31 23:59:59',
    '2018-01-01 00:00:00',
    '2018-01-01T00:30:00+01:00',
    '2022-12-31 23:59:59',
    '2023-01-01 00:00:00',
    'soon',
  ]
  const answers = await answersOf(times.flatMap((timestamp, ind) => aPost(ind, { geo: { timestamp } })))
  expect(answers['5']).toEqual([
    { post_year: 2018, category: 'art', category_count: 1 },
    { post_year: 2022, category: 'art', category_count: 1 },
  ])
})

describe('6', () => {
  const followed = [
    ...aPost(0, { pin: { follower_count: '6M' }, user: { first_name: 'Bea' } }),
    ...aPost(1, { pin: { follower_count: '6M' }, user: { first_name: 'Ada' } }),
    ...aPost(2, { pin: { follower_count: '5M' }, user: { first_name: 'Ada' } }),
    ...aPost(3, { pin: { follower_count: 'User Info Error' }, user: { first_name: 'Cy' } }),
    ...aPost(4, { pin: { follower_count: '6M' }, geo: { country: 'Zambia' }, user: { first_name: 'Dee' } }),
    ...aPost(5, { pin: { follower_count: '1k' }, geo: { country: 'Zambia' }, user: { first_name: 'Eve' } }),
    ...aPost(6, { pin: { follower_count: '0' }, geo: { country: 'Chad' } }),
    ...aPost(7, { pin: { follower_count: 'many' }, geo: { country: 'Peru' } }),
  ]

  test('6a: the tied users of each country, by their best post; unknown counts never win', async () => {
    expect((await answersOf(followed))['6a']).toEqual([
      { country: 'Albania', user_name: 'Ada Abbott', follower_count: 6_000_000 },
      { country: 'Albania', user_name: 'Bea Abbott', follower_count: 6_000_000 },
      { country: 'Chad', user_name: 'Aaron Abbott', follower_count: 0 },
      { country: 'Zambia', user_name: 'Dee Abbott', follower_count: 6_000_000 },
    ])
  })

  test('6b: every tied country once, though two of its users tie', async () => {
    expect((await answersOf(followed))['6b']).toEqual([
      { country: 'Albania', follower_count: 6_000_000 },
      { country: 'Zambia', follower_count: 6_000_000 },
    ])
  })

  test('a user without a name is no user', async () => {
    const answers = await answersOf(aPost(0, { user: { first_name: '', last_name: ' ' } }))
    expect([answers['6a'], answers['6b']]).toEqual([[], []])
  })
})

test.each([
  [17, undefined],
  [18, '18-24'],
  [24, '18-24'],
  [25, '25-35'],
  [35, '25-35'],
  [36, '36-50'],
  [50, '36-50'],
  [51, '+50'],
  [130, '+50'],
  [131, undefined],
])('7, 8, 11: age %i belongs to group %s', async (age, group) => {
  const answers = await answersOf(aPost(1, { user: { age } }))
  for (const id of ['7', '8', '11'] as const) {
    expect(answers[id].map((row) => row['age_group'])).toEqual(group === undefined ? [] : [group])
  }
})

test('7: the groups youngest first, every tied category a row', async () => {
  const answers = await answersOf([
    ...posts(0, 1, { user: { age: 60 } }),
    ...posts(1, 1, { user: { age: 60 }, pin: { category: 'quotes' } }),
    ...posts(2, 2, { user: { age: 40 } }),
    ...posts(4, 1, { user: { age: 30 } }),
    ...posts(5, 1, { user: { age: 20 } }),
  ])
  expect(answers['7'].map(({ age_group, category, category_count }) => [age_group, category, category_count])).toEqual([
    ['18-24', 'art', 1],
    ['25-35', 'art', 1],
    ['36-50', 'art', 2],
    ['+50', 'art', 1],
    ['+50', 'quotes', 1],
  ])
})

test.each([
  { counts: ['5'], median: 5 },
  { counts: ['1', '2', '100'], median: 2 },
  { counts: ['1', '2', '3', '100'], median: 2.5 },
  { counts: ['2147483647', '2147483646'], median: 2_147_483_646.5 },
  { counts: ['1', 'User Info Error', '3'], median: 2 },
  { counts: ['0', '0', 'many'], median: 0 },
])('8, 10, 11: the exact median of $counts is $median, nulls ignored', async ({ counts, median }) => {
  const answers = await answersOf(counts.flatMap((follower_count, ind) => aPost(ind, { pin: { follower_count } })))
  for (const id of ['8', '10', '11'] as const) {
    expect(answers[id].map((row) => row['median_follower_count'])).toEqual([median])
  }
})

test('8: a group without any known follower count has no median and no row', async () => {
  const answers = await answersOf(aPost(0, { pin: { follower_count: 'User Info Error' } }))
  expect([answers['8'], answers['10'], answers['11']]).toEqual([[], [], []])
})

test('9: accounts are distinct (user_name, age, date_joined), whatever number of posts they have', async () => {
  const answers = await answersOf([
    ...posts(0, 5, {}),
    ...posts(5, 1, { user: { age: 21 } }),
    ...posts(6, 1, { user: { date_joined: '2015-10-23 16:11:29' } }),
    ...posts(7, 1, { user: { last_name: 'Zed' } }),
    ...posts(8, 2, { user: { age: 131 } }),
    ...posts(10, 1, { user: { date_joined: '2014-12-31 23:59:59' } }),
    ...posts(11, 1, { user: { date_joined: '2020-12-31 23:59:59' } }),
    ...posts(12, 1, { user: { date_joined: '2021-01-01 00:00:00' } }),
    ...posts(13, 1, { user: { date_joined: 'soon' } }),
  ])
  expect(answers['9']).toEqual([
    { post_year: 2015, number_users_joined: 5 },
    { post_year: 2020, number_users_joined: 1 },
  ])
})

test('10, 11: by the year of joining, and age group before year', async () => {
  const joined = (ind: number, age: number, year: number, follower_count: string): TestRecord[] =>
    aPost(ind, { pin: { follower_count }, user: { age, date_joined: `${String(year)}-05-05 05:05:05` } })
  const answers = await answersOf([
    ...joined(0, 60, 2015, '10'),
    ...joined(1, 20, 2016, '20'),
    ...joined(2, 20, 2015, '30'),
    ...joined(3, 30, 2016, '50'),
    ...joined(4, 20, 2014, '70'),
  ])
  expect(answers['10'].map(Object.values)).toEqual([
    [2015, 20],
    [2016, 35],
  ])
  expect(answers['11'].map(Object.values)).toEqual([
    ['18-24', 2015, 30],
    ['18-24', 2016, 20],
    ['25-35', 2016, 50],
    ['+50', 2015, 10],
  ])
})

test('a post without one of its three records counts only where that one is not needed', async () => {
  const answers = await answersOf([
    { entity: 'pin', value: aPin({ index: 1 }) },
    { entity: 'geo', value: aGeo({ ind: 1 }) },
    { entity: 'pin', value: aPin({ index: 2 }) },
    { entity: 'user', value: aUser({ ind: 2 }) },
  ])
  expect(queryIds.filter((id) => answers[id].length > 0)).toEqual(['4', '5', '7', '8', '9', '10', '11'])
})

describe('the naive variant', () => {
  const sentTimes = 3
  const records = [
    ...Array.from({ length: sentTimes }, () => aPost(1, { pin: { follower_count: '9' } })).flat(),
    ...posts(2, 5, { pin: { category: 'quotes', follower_count: '1' } }),
  ]

  test('a row sent k times counts k times k in a two-way join and wins wrongly', async () => {
    const [right, naive] = [await answersOf(records), await answersOf(records, 'naive')]
    expect(right['4']).toEqual([{ country: 'Albania', category: 'quotes', category_count: 5 }])
    expect(naive['4']).toEqual([{ country: 'Albania', category: 'art', category_count: sentTimes ** 2 }])
    expect([right['8'][0]?.['median_follower_count'], naive['8'][0]?.['median_follower_count']]).toEqual([1, 9])
  })

  test('and k to the third in a three-way join', async () => {
    await withCleaned(records, async ({ database }) => {
      await useVariant(database, 'naive')
      const threeWay = 'SELECT count(*) AS posts FROM pin p JOIN geo g ON g.ind = p.ind JOIN users u ON u.ind = p.ind'
      expect(await database.select(`${threeWay} WHERE p.ind = 1`)).toEqual([{ posts: sentTimes ** 3 }])
    })
  })

  test('task 9 counts rows, not accounts', async () => {
    const [right, naive] = [await answersOf(records), await answersOf(records, 'naive')]
    expect([right['9'], naive['9']]).toEqual([
      [{ post_year: 2015, number_users_joined: 1 }],
      [{ post_year: 2015, number_users_joined: sentTimes + 5 }],
    ])
  })
})
