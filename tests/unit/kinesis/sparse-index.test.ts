import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { SparseIndex } from '../../../services/kinesis/streams/sparse-index.ts'

interface Frame {
  readonly recordIndex: number
  readonly arrivedAtMs: number
  readonly offset: number
}

/** Frames along a segment: gaps in the indexes, times that stand still, sizes that skip entries and not. */
const frames = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(2), fc.integer({ min: 26, max: 100_000 })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((steps) => {
    const made: Frame[] = []
    let [recordIndex, arrivedAtMs, offset] = [0, 1_000, 0]
    for (const [indexStep, timeStep, bytes] of steps) {
      recordIndex += indexStep
      arrivedAtMs += timeStep
      made.push({ recordIndex, arrivedAtMs, offset })
      offset += bytes
    }
    return made
  })

function indexOf(made: readonly Frame[]): SparseIndex {
  const index = new SparseIndex()
  for (const { recordIndex, arrivedAtMs, offset } of made) index.add(recordIndex, arrivedAtMs, offset)
  return index
}

test('an index points at a frame, never past the first one wanted, and not far before it', () => {
  fc.assert(
    fc.property(frames, fc.nat(200), fc.integer({ min: 990, max: 1_140 }), (made, wantedIndex, wantedMs) => {
      const index = indexOf(made)
      const last = made.at(-1)!
      const pointed = [
        { offset: index.offsetOfIndex(wantedIndex), first: made.find(({ recordIndex }) => recordIndex >= wantedIndex) },
        { offset: index.offsetOfTime(wantedMs), first: made.find(({ arrivedAtMs }) => arrivedAtMs >= wantedMs) },
      ]
      for (const { offset, first = last } of pointed) {
        expect(made.some((frame) => frame.offset === offset)).toBe(true)
        expect(offset).toBeLessThanOrEqual(first.offset)
      }
      const { offset, first = last } = pointed[0]!
      const skipped = made.filter((frame) => frame.offset > offset && frame.offset < first.offset)
      for (const frame of skipped) expect(frame.offset - offset).toBeLessThan(65_536)
    }),
  )
})

describe('the index file', () => {
  const summary = { bytes: 123_456, lastIndex: 77, lastArrivedAtMs: 1_795_571_596_063 }

  test('comes back as it was', () => {
    fc.assert(
      fc.property(frames, fc.nat(200), (made, wantedIndex) => {
        const index = indexOf(made)
        const read = SparseIndex.decode(index.encode(summary))
        expect(read?.summary).toEqual(summary)
        expect(read?.index.offsetOfIndex(wantedIndex)).toBe(index.offsetOfIndex(wantedIndex))
        expect(read?.index.offsetOfTime(wantedIndex + 980)).toBe(index.offsetOfTime(wantedIndex + 980))
      }),
    )
  })

  it('is not believed when it is cut or changed', () => {
    const file = indexOf([{ recordIndex: 1, arrivedAtMs: 2, offset: 0 }]).encode(summary)
    for (let at = 0; at < file.length; at += 1) {
      expect(SparseIndex.decode(file.subarray(0, at))).toBeUndefined()
      const changed = Buffer.from(file)
      changed[at] = changed[at]! ^ 1
      expect(SparseIndex.decode(changed)).toBeUndefined()
    }
  })
})
