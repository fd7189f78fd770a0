import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Attempts, backOffMs, defaultRetryPolicy, retryAfterMs } from '../../../emulator/retry.ts'

const never = new AbortController().signal

describe('backOffMs', () => {
  test('doubles up to the bound', () => {
    const delays = [1, 2, 3, 6, 7, 50].map((failures) => backOffMs(defaultRetryPolicy, failures, () => 1))
    expect(delays).toEqual([100, 200, 400, 3_200, 5_000, 5_000])
  })

  test('leaves at most half of the delay to chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, chance) => {
        const most = backOffMs(defaultRetryPolicy, failures, () => 1)
        const drawn = backOffMs(defaultRetryPolicy, failures, () => chance)
        expect(drawn).toBeGreaterThanOrEqual(most / 2)
        expect(drawn).toBeLessThanOrEqual(most)
      }),
    )
  })
})

describe('retryAfterMs', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  test.each([
    { header: '7', ms: 7_000 },
    { header: '0', ms: 0 },
    { header: 'Thu, 01 Jan 2026 00:00:30 GMT', ms: 30_000 },
    { header: 'Wed, 31 Dec 2025 00:00:00 GMT', ms: 0 },
    { header: 'soon', ms: undefined },
    { header: undefined, ms: undefined },
  ])('$header -> $ms', ({ header, ms }) => {
    expect(retryAfterMs(header, now)).toBe(ms)
  })
})

describe('Attempts', () => {
  test('end when the next one would begin after the bound', async () => {
    const attempts = new Attempts({ firstDelayMs: 1, maxDelayMs: 2, giveUpAfterMs: 30 })
    while (await attempts.waitForNext(never));
    expect(attempts.failures).toBeGreaterThan(5)
    expect(attempts.elapsedMs).toBeLessThanOrEqual(60)
  })

  test('do not wait for a moment that lies past the bound', async () => {
    expect(await new Attempts(defaultRetryPolicy).waitForNext(never, 121_000)).toBe(false)
  })

  test('wait no less than they are told to', async () => {
    const attempts = new Attempts({ ...defaultRetryPolicy, firstDelayMs: 1 })
    expect(await attempts.waitForNext(never, 60)).toBe(true)
    expect(attempts.elapsedMs).toBeGreaterThanOrEqual(59)
  })

  test('stop waiting when the signal aborts', async () => {
    const attempts = new Attempts({ firstDelayMs: 60_000, maxDelayMs: 60_000, giveUpAfterMs: 120_000 })
    const stop = new AbortController()
    const waiting = attempts.waitForNext(stop.signal)
    stop.abort()
    await expect(waiting).rejects.toThrow('aborted')
  })
})
