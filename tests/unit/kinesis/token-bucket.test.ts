import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { ShardLimits } from '../../../services/kinesis/streams/shard-limits.ts'
import { TokenBucket } from '../../../services/kinesis/streams/token-bucket.ts'

const mebibyte = 1_048_576

describe('the token bucket', () => {
  const take = (bucket: TokenBucket, cost: number, nowMs: number): boolean => {
    const isAdmitted = bucket.admits(cost, nowMs)
    if (isAdmitted) bucket.take(cost)
    return isAdmitted
  }

  it('lets its capacity through, then the rate', () => {
    const bucket = new TokenBucket({ capacity: 3, perSecond: 10 })
    expect([0, 0, 0, 0, 99, 100, 100, 200].map((nowMs) => take(bucket, 1, nowMs))).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
      false,
      true,
    ])
  })

  it('takes more than it holds when it is full, and then nothing until it is full again', () => {
    const bucket = new TokenBucket({ capacity: 2, perSecond: 2 })
    expect(take(bucket, 10, 0)).toBe(true)
    expect([1_000, 4_000, 4_999, 5_000].map((nowMs) => take(bucket, 1, nowMs))).toEqual([false, false, false, true])
  })

  it('refuses more than it holds while it is not full', () => {
    const bucket = new TokenBucket({ capacity: 2, perSecond: 2 })
    expect([take(bucket, 1, 0), take(bucket, 3, 0), take(bucket, 3, 500)]).toEqual([true, false, true])
  })

  it('refills nothing while the clock is behind', () => {
    const bucket = new TokenBucket({ capacity: 1, perSecond: 1 })
    expect([10_000, 5_000, 10_999, 11_000].map((nowMs) => take(bucket, 1, nowMs))).toEqual([true, false, false, true])
  })

  test('whatever is asked when, it admits at most its capacity, the rate and one overdraft', () => {
    const calls = fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 40 })), { maxLength: 200 })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 100 }),
        calls,
        (capacity, perSecond, asked) => {
          const bucket = new TokenBucket({ capacity, perSecond })
          let nowMs = 0
          let admitted = 0
          for (const [gapMs, cost] of asked) {
            nowMs += gapMs
            if (take(bucket, cost, nowMs)) admitted += cost
            expect(admitted).toBeLessThanOrEqual(capacity + (nowMs * perSecond) / 1_000 + 40)
          }
        },
      ),
    )
  })
})

describe('the limits of a shard', () => {
  const admitted = (times: number, ask: () => boolean): number =>
    Array.from({ length: times }, ask).filter(Boolean).length

  it.each([
    { what: '1,000 records', bytes: 10, seconds: 0, count: 1_000 },
    { what: '1,000 records more a second later', bytes: 10, seconds: 1, count: 2_000 },
    { what: '1 MiB', bytes: mebibyte / 8, seconds: 0, count: 8 },
    { what: '1 MiB more a second later', bytes: mebibyte / 8, seconds: 1, count: 16 },
    { what: 'one record of 1 MiB and its key', bytes: mebibyte + 256, seconds: 0, count: 1 },
  ])('take in $what', ({ bytes, seconds, count }) => {
    const limits = new ShardLimits()
    const total = [0, 1].filter((second) => second <= seconds)
    const counts = total.map((second) => admitted(3_000, () => limits.admitsRecord(bytes, 5_000 + second * 1_000)))
    expect(counts.reduce((sum, each) => sum + each, 0)).toBe(count)
  })

  it('give 5 reads a second', () => {
    const limits = new ShardLimits()
    const reads = (nowMs: number): number => admitted(10, () => limits.admitsRead(nowMs))
    expect([reads(0), reads(199), reads(200), reads(1_200)]).toEqual([5, 0, 1, 5])
  })

  it.each([
    { bytes: 3 * mebibyte, refusedMs: 1_500 },
    { bytes: 10 * mebibyte, refusedMs: 5_000 },
  ])('keep a shard for $refusedMs ms after a read of $bytes bytes', ({ bytes, refusedMs }) => {
    const limits = new ShardLimits()
    expect(limits.admitsRead(0)).toBe(true)
    limits.readBytes(bytes)
    expect([0, refusedMs - 1, refusedMs].map((nowMs) => limits.admitsRead(nowMs))).toEqual([false, false, true])
  })
})
