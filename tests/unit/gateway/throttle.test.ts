import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { tokenBucket } from '../../../services/gateway/throttle.ts'
import { usagePlan } from '../../../services/gateway/usage-plan.ts'

describe('the token bucket', () => {
  it('lets a burst through, then the rate', () => {
    const bucket = tokenBucket({ ratePerSecond: 10, burst: 3 })
    const at = (nowMs: number): boolean => bucket.take(nowMs)
    expect([at(0), at(0), at(0), at(0)]).toEqual([true, true, true, false])
    expect([at(99), at(100), at(100), at(200)]).toEqual([false, true, false, true])
  })

  it('never holds more than its burst', () => {
    const bucket = tokenBucket({ ratePerSecond: 1_000, burst: 2 })
    expect(bucket.take(0)).toBe(true)
    expect([bucket.take(60_000), bucket.take(60_000), bucket.take(60_000)]).toEqual([true, true, false])
  })
})

test('the bucket admits at most burst + rate × time, whatever the arrivals', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 200 }),
      fc.array(fc.nat(100), { maxLength: 300 }),
      (burst, ratePerSecond, gapsMs) => {
        const bucket = tokenBucket({ ratePerSecond, burst })
        let nowMs = 1_000
        let admitted = 0
        for (const gapMs of gapsMs) {
          nowMs += gapMs
          if (bucket.take(nowMs)) admitted += 1
        }
        expect(admitted).toBeLessThanOrEqual(burst + ((nowMs - 1_000) * ratePerSecond) / 1_000 + 1e-6)
      },
    ),
  )
})

describe('the usage plan', () => {
  const key = 'a'.repeat(20)
  const day = (text: string): Date => new Date(`${text}Z`)

  it.each([
    { what: 'no key', apiKey: undefined },
    { what: 'an unknown key', apiKey: 'b'.repeat(20) },
    { what: 'a key of another case', apiKey: key.toUpperCase() },
  ])('refuses $what', ({ apiKey }) => {
    expect(usagePlan([key]).admit(apiKey, new Date())).toBe('invalid-key')
  })

  it.each([
    { period: 'DAY', within: '2026-11-24T23:59:59', after: '2026-11-25T00:00:00' },
    { period: 'WEEK', within: '2026-11-28T23:59:59', after: '2026-11-29T00:00:00' },
    { period: 'MONTH', within: '2026-11-30T23:59:59', after: '2026-12-01T00:00:00' },
  ] as const)('counts by $period', ({ period, within, after }) => {
    const plan = usagePlan([key], { limit: 2, period })
    expect(plan.admit(key, day('2026-11-24T12:00:00'))).toBe('allowed')
    expect(plan.admit(key, day(within))).toBe('allowed')
    expect(plan.admit(key, day(within))).toBe('quota-exceeded')
    expect(plan.admit(key, day(after))).toBe('allowed')
  })
})
