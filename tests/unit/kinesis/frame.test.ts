import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  arrivedAtMsAt,
  decodeFrame,
  encodeFrame,
  frameBytesOf,
  frameBytesAt,
  isIntact,
  recordIndexAt,
  walkFrames,
  type FramedRecord,
} from '../../../services/kinesis/streams/frame.ts'

const record = fc.record({
  recordIndex: fc.nat({ max: 2 ** 48 - 1 }),
  arrivedAtMs: fc.nat({ max: 2 ** 48 - 1 }),
  partitionKey: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }),
  data: fc.uint8Array({ maxLength: 300 }),
})

const framesOf = (records: readonly FramedRecord[]): Buffer => {
  const frames = Buffer.alloc(records.reduce((bytes, record) => bytes + frameBytesOf(record), 0))
  expect(records.reduce((at, record) => encodeFrame(record, frames, at), 0)).toBe(frames.length)
  return frames
}

/** Walks and decodes. */
function read(segment: Buffer) {
  const records: FramedRecord[] = []
  const end = walkFrames(segment, (offset, frameBytes) => records.push(decodeFrame(segment, offset, frameBytes)))
  return { records, ...end }
}

const numbered = (count: number): FramedRecord[] =>
  Array.from({ length: count }, (_, at) => ({
    recordIndex: at + 1,
    arrivedAtMs: 1_000 + at,
    partitionKey: `key ${String(at)}`,
    data: Buffer.from(`data of ${String(at)}`),
  }))

test('a record comes back as it was', () => {
  fc.assert(
    fc.property(record, fc.uint8Array({ maxLength: 20 }), (given, before) => {
      const buffer = Buffer.concat([before, framesOf([given])])
      const frameBytes = frameBytesAt(buffer, before.length) ?? 0
      expect(before.length + frameBytes).toBe(buffer.length)
      expect(isIntact(buffer, before.length, frameBytes)).toBe(true)
      const read = decodeFrame(buffer, before.length, frameBytes)
      expect({ ...read, data: new Uint8Array(read.data) }).toEqual(given)
      expect(recordIndexAt(buffer, before.length)).toBe(given.recordIndex)
      expect(arrivedAtMsAt(buffer, before.length)).toBe(given.arrivedAtMs)
    }),
  )
})

describe('a segment', () => {
  it('is read to its end', () => {
    const records = numbered(5)
    expect(read(framesOf(records))).toEqual({
      records,
      wholeBytes: framesOf(records).length,
      tornBytes: 0,
      isBroken: false,
    })
  })

  it('cut at any byte of its last frame ends before that', () => {
    const whole = framesOf(numbered(3))
    const before = framesOf(numbered(2)).length
    for (let cut = before; cut < whole.length; cut += 1) {
      const end = read(whole.subarray(0, cut))
      expect(end).toEqual({ records: numbered(2), wholeBytes: before, tornBytes: cut - before, isBroken: false })
    }
  })

  it('followed by zeros, as a power cut leaves them, ends before those', () => {
    const whole = framesOf(numbered(2))
    const end = read(Buffer.concat([whole, Buffer.alloc(100)]))
    expect(end).toMatchObject({ wholeBytes: whole.length, tornBytes: 100, isBroken: false })
  })

  test('with any bit of a frame before the last turned over is broken, of the last torn', () => {
    const whole = framesOf(numbered(3))
    const lastAt = framesOf(numbered(2)).length
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(7), (at, bit) => {
        const damaged = Buffer.from(whole)
        damaged[at] = damaged[at]! ^ (1 << bit)
        const { isBroken, tornBytes } = read(damaged)
        expect(tornBytes).toBeGreaterThan(0)
        expect(isBroken).toBe(at < lastAt)
      }),
      { numRuns: 500 },
    )
  })

  it('torn within a record that holds frames as its data is torn, not broken', () => {
    const inner = framesOf(numbered(2))
    const outer = { recordIndex: 7, arrivedAtMs: 1, partitionKey: 'k', data: Buffer.concat([inner, Buffer.alloc(50)]) }
    const first = { ...outer, recordIndex: 6 }
    const whole = framesOf([first, outer])
    expect(read(whole.subarray(0, whole.length - 10))).toMatchObject({
      wholeBytes: framesOf([first]).length,
      isBroken: false,
    })
  })
})
