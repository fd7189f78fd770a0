import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kinesisLimits } from '../../../contract/limits.ts'
import { batchShape, cut, streamShape } from '../../../emulator/cut.ts'
import { keyOf } from '../../../emulator/stream.ts'

const recordsOf = (inds: readonly number[], bytes = 100) =>
  inds.map((ind, emission) => ({ emission, ind, json: `"${'x'.repeat(bytes - 2)}"` }))
const sizesOf = (parts: Iterable<readonly unknown[]>): number[] => [...parts].map((part) => part.length)
const range = (count: number): number[] => [...Array(count).keys()]

describe('a request', () => {
  test.each([
    { what: 'the batch path, all at once', shape: batchShape, inds: range(1_000), bytes: 100, sizes: [1_000] },
    { what: 'a stream, 500 records', shape: streamShape('ind'), inds: range(1_000), bytes: 100, sizes: [500, 500] },
    { what: 'a stream, 4 MiB', shape: streamShape('k'), inds: range(9), bytes: 1 << 20, sizes: [3, 3, 3] },
    { what: 'the batch path, 4 MiB', shape: batchShape, inds: range(9), bytes: 1 << 20, sizes: [4, 4, 1] },
    {
      what: 'a stream, each row once',
      shape: streamShape('ind'),
      inds: [1, 2, 1, 3, 1, 2],
      bytes: 9,
      sizes: [3, 2, 1],
    },
    { what: 'a constant key, any rows', shape: streamShape('k'), inds: [1, 2, 1, 3, 1, 2], bytes: 9, sizes: [6] },
    { what: 'too large a record, alone', shape: streamShape('k'), inds: range(2), bytes: 5 << 20, sizes: [1, 1] },
  ])('holds of $what', ({ shape, inds, bytes, sizes }) => {
    expect(sizesOf(cut(recordsOf(inds, bytes), shape))).toEqual(sizes)
  })

  test('of a stream stays within PutRecords, keeps every record and the order of each key', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ ind: fc.nat(40), bytes: fc.integer({ min: 2, max: 600_000 }) }), { maxLength: 60 }),
        fc.constantFrom('ind', 'test', '😀'.repeat(64)),
        (all, partitionKey) => {
          const records = all.map(({ ind, bytes }, emission) => ({ emission, ind, json: 'x'.repeat(bytes) }))
          const parts = [...cut(records, streamShape(partitionKey))]
          for (const part of parts) {
            const keys = part.map((record) => keyOf(partitionKey, record))
            const bytes = part.reduce((sum, { json }, i) => sum + json.length + Buffer.byteLength(keys[i] ?? ''), 0)
            expect(part.length).toBeLessThanOrEqual(kinesisLimits.maxRecords)
            expect(bytes).toBeLessThanOrEqual(kinesisLimits.maxRecordsBytes)
            if (partitionKey === 'ind') expect(new Set(keys).size).toBe(part.length)
          }
          const sent = parts.flat()
          expect(sent.toSorted((a, b) => a.emission - b.emission)).toEqual(records)
          const ofKey = Map.groupBy(sent, (record) => keyOf(partitionKey, record))
          for (const emissions of [...ofKey.values()].map((same) => same.map(({ emission }) => emission))) {
            expect(emissions).toEqual(emissions.toSorted((a, b) => a - b))
          }
        },
      ),
    )
  })
})
