import fc from 'fast-check'
import { expect, test } from 'vitest'
import { categoryBlocks } from '../../../seed/domains/categories.ts'
import { weighted, textAt } from '../../../seed/domains/weighted.ts'
import { Posters } from '../../../seed/generator/account.ts'
import { accountSizes, apportion } from '../../../seed/generator/account-sizes.ts'
import { Permutation } from '../../../seed/generator/permutation.ts'
import { Random } from '../../../seed/generator/random.ts'
import { dateTimeText, secondsOf } from '../../../seed/generator/time.ts'

const Seed = fc.integer({ min: 0, max: 0xffff_ffff })

test('a permutation hits every position once, and its inverse leads back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000 }), Seed, (size, seed) => {
      const order = new Permutation(size, seed, 1)
      const seen = new Set<number>()
      for (let position = 0; position < size; position++) {
        const value = order.forward(position)
        expect(value).toBeLessThan(size)
        expect(order.inverse(value)).toBe(position)
        seen.add(value)
      }
      expect(seen.size).toBe(size)
    }),
    { numRuns: 40 },
  )
})

test('a permutation of ten million leads back too', () => {
  const order = new Permutation(10_000_000, 7, 1)
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 9_999_999 }),
      (position) => order.inverse(order.forward(position)) === position,
    ),
  )
})

test('the sizes of accounts sum to the posts, whatever their number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 11_154 }), (posts) => {
      const sizes = accountSizes(posts)
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(posts)
      expect(sizes.length).toBe(Math.max(1, Math.round((posts * 5_307) / 11_154)))
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1)
    }),
  )
})

test('kinds are apportioned by posts, not by accounts', () => {
  const sizes = accountSizes(11_154)
  const kinds = apportion(sizes, [0.2, 0.8])
  const posts = sizes.reduce((sum, size, account) => sum + (kinds[account] === 0 ? size : 0), 0)
  expect(posts / 11_154).toBeCloseTo(0.2, 3)
})

test('the blocks of categories cover every size without a gap', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), (size) => {
      let end = 0
      for (const block of categoryBlocks(size)) {
        expect(block.start).toBe(end)
        expect(block.end).toBeGreaterThanOrEqual(block.start)
        end = block.end
      }
      expect(end).toBe(size)
    }),
  )
})

test('200,000 accounts have 200,000 poster names', () => {
  const posters = new Posters(1)
  const names = new Set<string>()
  for (let account = 0; account < 200_000; account++) names.add(posters.nameOf(account))
  expect(names.size).toBe(200_000)
  expect(posters.nameOf(5_520_000)).toBe(`${posters.nameOf(0)} 2`)
})

test('the minimum of draws falls as they grow in number, and one draw is even', () => {
  const mean = (draws: number): number => {
    let sum = 0
    for (let id = 0; id < 20_000; id++) sum += new Random(1, 1, id).minimum(draws)
    return sum / 20_000
  }
  expect(mean(1)).toBeCloseTo(1 / 2, 2)
  expect(mean(4)).toBeCloseTo(1 / 5, 2)
  expect(mean(99)).toBeCloseTo(1 / 100, 2)
})

test('a weighted list is taken in the order of its texts', () => {
  const list = weighted('b_c:1 a:3')
  expect([0, 0.74, 0.76, 0.999].map((position) => textAt(list, position))).toEqual(['a', 'a', 'b c', 'b c'])
})

test('times are written as they are read', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      expect(dateTimeText(seconds)).toBe(new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' '))
      expect(secondsOf(dateTimeText(seconds))).toBe(seconds)
    }),
  )
})
