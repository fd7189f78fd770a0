import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entityNames, pathNames, type PathName } from '../../../contract/index.ts'
import { RunProgress, type RecordId } from '../../../emulator/progress.ts'

const { batch, stream } = { batch: ['batch'], stream: ['stream'] } as const

const recordsOf = (posts: number, paths: readonly PathName[]): RecordId[] =>
  [...Array(posts).keys()].flatMap((emission) =>
    paths.flatMap((path) => entityNames.map((entity) => ({ emission, path, entity }))),
  )

test.each([{ paths: batch }, { paths: stream }, { paths: pathNames }])(
  'over $paths, what is missing and what is acknowledged always make up the run, in any order and with repeats',
  ({ paths }) => {
    const all = recordsOf(30, paths)
    fc.assert(
      fc.property(fc.shuffledSubarray(all), fc.array(fc.nat(all.length - 1)), (given, again) => {
        const progress = new RunProgress(paths)
        for (const record of given) progress.add(record)
        for (const i of again) {
          const record = given[i % Math.max(1, given.length)]
          if (record) progress.add(record)
        }
        const missing = all.filter((record) => progress.isMissing(record))
        expect(missing).toEqual(all.filter((record) => !given.includes(record)))
        expect(progress.records).toBe(given.length)
        expect(progress.recordsByPath).toEqual({
          batch: given.filter(({ path }) => path === 'batch').length,
          stream: given.filter(({ path }) => path === 'stream').length,
        })
        const complete = [...Array(30).keys()].filter((emission) => missing.every((one) => one.emission !== emission))
        expect([...Array(30).keys()].filter((emission) => progress.isComplete(emission))).toEqual(complete)
        expect(progress.posts).toBe(complete.length)
      }),
    )
  },
)

test('a million posts in order leave nothing behind to remember', () => {
  const progress = new RunProgress(pathNames)
  const before = process.memoryUsage().heapUsed
  for (let emission = 0; emission < 1_000_000; emission += 1) {
    for (const path of pathNames) for (const entity of entityNames) progress.add({ emission, path, entity })
  }
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(32 * 1024 * 1024)
  expect([progress.posts, progress.records]).toEqual([1_000_000, 6_000_000])
})
