import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emissionsOf, orderNames, type RowsOptions } from '../../../emulator/rows.ts'

const courseRows = (posts: number) => [...emissionsOf({ order: 'course', seed: 100, rowCount: 11_154, posts })]
const hasPython = spawnSync('python3', ['--version']).status === 0

describe('course order', () => {
  test('begins with the pauses and rows of the course', () => {
    const pairs = courseRows(16).map(({ sleepSeconds, row }) => [sleepSeconds, row])
    // PIPELINE_FACTS section 3
    // prettier-ignore
    expect(pairs).toEqual([
      [0, 7528], [1, 2863], [1, 5730], [1, 8304], [0, 8731], [0, 1313], [1, 4315], [0, 10794],
      [0, 5494], [0, 5069], [0, 2923], [0, 3089], [1, 6063], [1, 3454], [1, 7554], [1, 6145],
    ])
  })

  test.each([
    { posts: 1_000, distinct: 963 },
    { posts: 5_000, distinct: 4_014 },
  ])('$posts posts are of $distinct distinct rows', ({ posts, distinct }) => {
    expect(new Set(courseRows(posts).map(({ row }) => row)).size).toBe(distinct)
  })

  test('repeats a row for the first time at its 278th and 290th posts', () => {
    const rows = courseRows(290).map(({ row }) => row)
    const repeats = rows.flatMap((row, i) => (rows.indexOf(row) < i ? [{ post: i + 1, row }] : []))
    // PIPELINE_FACTS section 3
    expect(repeats).toEqual([
      { post: 278, row: 9475 },
      { post: 290, row: 2048 },
    ])
  })

  test.skipIf(!hasPython)('is that of python3 for 10,000 posts', () => {
    const program = `import random,json
random.seed(100)
print(json.dumps([[random.randrange(0, 2), random.randint(0, 11000)] for _ in range(10000)]))`
    const { stdout } = spawnSync('python3', ['-c', program], { encoding: 'utf8' })
    expect(courseRows(10_000).map(({ sleepSeconds, row }) => [sleepSeconds, row])).toEqual(JSON.parse(stdout))
  })

  test('stays within a table of fewer rows', () => {
    const rows = [...emissionsOf({ order: 'course', seed: 100, rowCount: 50, posts: 2_000 })].map(({ row }) => row)
    expect([Math.min(...rows), Math.max(...rows)]).toEqual([0, 49])
  })

  test('never draws a row beyond 11000 of a larger table', () => {
    const rows = [...emissionsOf({ order: 'course', seed: 100, rowCount: 1_000_000, posts: 2_000 })]
    expect(rows).toEqual(courseRows(2_000))
  })
})

test('sequential order takes every row once before it starts again', () => {
  const rows = [...emissionsOf({ order: 'sequential', seed: 100, rowCount: 5, posts: 12 })].map(({ row }) => row)
  expect(rows).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1])
})

test('uniform order reaches both ends of the table', () => {
  const rows = [...emissionsOf({ order: 'uniform', seed: 7, rowCount: 20_000, posts: 100_000 })].map(({ row }) => row)
  expect(rows.reduce((a, b) => Math.min(a, b))).toBe(0)
  expect(rows.reduce((a, b) => Math.max(a, b))).toBe(19_999)
})

test('equal options give equal emissions, and a shorter run is the start of a longer one', () => {
  fc.assert(
    fc.property(
      fc.record({
        order: fc.constantFrom(...orderNames),
        seed: fc.maxSafeInteger(),
        rowCount: fc.integer({ min: 1, max: 20_000 }),
      }),
      fc.nat(300),
      (options: Omit<RowsOptions, 'posts'>, posts) => {
        const emissions = [...emissionsOf({ ...options, posts })]
        const endless = emissionsOf({ ...options, posts: 'endless' })
          .take(posts)
          .toArray()
        expect(emissions).toEqual(endless)
        expect(emissions.map(({ emission }) => emission)).toEqual([...Array(posts).keys()])
        expect(emissions.every(({ row }) => row >= 0 && row < options.rowCount)).toBe(true)
      },
    ),
  )
})
