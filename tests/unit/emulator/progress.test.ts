import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entityNames } from '../../../contract/index.ts'
import { RunProgress } from '../../../emulator/progress.ts'

const records = (posts: number) =>
  [...Array(posts).keys()].flatMap((emission) => entityNames.map((entity) => ({ emission, entity })))

test('what is missing and what is acknowledged always make up the run, in any order and with repeats', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(records(30), { minLength: 0 }), fc.array(fc.nat(89)), (given, again) => {
      const progress = new RunProgress()
      for (const record of given) progress.add(record)
      for (const i of again) {
        const record = given[i % Math.max(1, given.length)]
        if (record) progress.add(record)
      }
      const missing = [...Array(30).keys()].flatMap((emission) =>
        progress.missing(emission).map((entity) => ({ emission, entity })),
      )
      const isGiven = (one: { emission: number; entity: string }) =>
        given.some((other) => other.emission === one.emission && other.entity === one.entity)
      expect(missing).toEqual(records(30).filter((record) => !isGiven(record)))
      expect(progress.records).toBe(given.length)
      expect(progress.posts).toBe(
        [...Array(30).keys()].filter((emission) => progress.missing(emission).length === 0).length,
      )
    }),
  )
})

test('a million posts in order leave nothing behind to remember', () => {
  const progress = new RunProgress()
  const before = process.memoryUsage().heapUsed
  for (let emission = 0; emission < 1_000_000; emission += 1) {
    for (const entity of entityNames) progress.add({ emission, entity })
  }
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(32 * 1024 * 1024)
  expect([progress.posts, progress.records]).toEqual([1_000_000, 3_000_000])
})
