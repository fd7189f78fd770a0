import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { hashMapOrder } from '../../../services/s3-sink/json/java-hash-map.ts'

const ordered = (keys: readonly string[]): string[] => hashMapOrder(keys).map((index) => keys[index] ?? '')

const letters = Array.from({ length: 11 }, (_, index) => String.fromCharCode('p'.charCodeAt(0) + index))

describe('hashMapOrder', () => {
  it.each([
    { what: 'single letters by their codes', keys: ['c', 'a', 'b'], order: ['a', 'b', 'c'] },
    { what: 'keys of one bucket as they came', keys: ['BB', 'a', 'Aa'], order: ['BB', 'Aa', 'a'] },
    { what: 'sixteen buckets up to twelve keys', keys: ['p', 'a', 'q'], order: ['p', 'a', 'q'] },
    {
      what: 'thirty-two buckets from the thirteenth key on',
      keys: [...letters, 'a', '`'],
      order: ['`', 'a', ...letters],
    },
  ])('gives $what', ({ keys, order }) => {
    expect(ordered(keys)).toEqual(order)
  })

  // 'Aa' and 'BB' have one hash code in Java, and so have all strings made of four of them; the orders are Java 17's
  const alike = Array.from({ length: 16 }, (_, n) => [0, 1, 2, 3].map((bit) => ((n >> bit) & 1 ? 'BB' : 'Aa')).join(''))

  it.each([
    { count: 8, order: ['p', 'a', '1', ...alike.slice(0, 8)] },
    { count: 9, order: ['a', ...alike.slice(0, 9), 'p', '1'] },
    { count: 10, order: [...alike.slice(0, 10), 'a', 'p', '1'] },
  ])('doubles a small table for each key past the eighth of one bucket ($count)', ({ count, order }) => {
    expect(ordered([...alike.slice(0, count), 'p', 'a', '1'])).toEqual(order)
  })

  it('gives every key once', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 200 }), (keys) => {
        expect(hashMapOrder(keys).toSorted((a, b) => a - b)).toEqual([...keys.keys()])
      }),
    )
  })
})

test('the order of arrival matters only within a bucket', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 33, max: 126 }), { maxLength: 12 }), (codes) => {
      const keys = codes.map((code) => String.fromCharCode(code))
      const buckets = ordered(keys).map((key) => key.charCodeAt(0) & 15)
      expect(buckets).toEqual(buckets.toSorted((a, b) => a - b))
    }),
  )
})
