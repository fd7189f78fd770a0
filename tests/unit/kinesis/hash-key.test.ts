import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { evenRanges, hashKeyOf, hashKeySpace, rangeWith } from '../../../services/kinesis/streams/hash-key.ts'

it.each([
  { partitionKey: '', hashKey: 0xd41d8cd98f00b204e9800998ecf8427en },
  { partitionKey: 'a', hashKey: 0x0cc175b9c0f1b6a831c399e269772661n },
  { partitionKey: 'desired-name', hashKey: 0x92f53822762e893ca8e3cece1f0b3a5en },
  { partitionKey: 'é', hashKey: 0x66ddcd97cfdeabb2f6fb8a999b4bc76fn },
])('hashes $partitionKey by MD5 of its UTF-8 text', ({ partitionKey, hashKey }) => {
  expect(hashKeyOf(partitionKey)).toBe(hashKey)
})

it.each([
  { count: 1, starts: ['0'] },
  { count: 2, starts: ['0', '170141183460469231731687303715884105728'] },
  {
    count: 3,
    starts: ['0', '113427455640312821154458202477256070485', '226854911280625642308916404954512140970'],
  },
  {
    count: 4,
    starts: [
      '0',
      '85070591730234615865843651857942052864',
      '170141183460469231731687303715884105728',
      '255211775190703847597530955573826158592',
    ],
  },
])('gives $count shards the ranges that the service gives them', ({ count, starts }) => {
  expect(evenRanges(count).map(({ startingHashKey }) => String(startingHashKey))).toEqual(starts)
})

test('even ranges cover the space without gaps, and each key is found in its own', () => {
  const hashKey = fc.bigInt({ min: 0n, max: hashKeySpace - 1n })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), hashKey, (count, key) => {
      const ranges = evenRanges(count)
      expect(ranges[0]?.startingHashKey).toBe(0n)
      expect(ranges.at(-1)?.endingHashKey).toBe(hashKeySpace - 1n)
      ranges.slice(1).forEach((range, at) => {
        expect(range.startingHashKey).toBe(ranges[at]!.endingHashKey + 1n)
      })
      const found = rangeWith(ranges, key)
      expect(found.startingHashKey <= key && key <= found.endingHashKey).toBe(true)
    }),
  )
})
