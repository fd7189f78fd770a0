import { describe, expect, test } from 'vitest'
import { Pacer } from '../../../emulator/pacer.ts'

const never = new AbortController().signal

const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const startMs = performance.now()
  await act()
  return performance.now() - startMs
}

describe('Pacer', () => {
  test.each([{ ratePerSecond: 50 }, { ratePerSecond: 3_000 }])(
    'holds $ratePerSecond a second',
    async ({ ratePerSecond }) => {
      const pacer = new Pacer(ratePerSecond)
      const elapsedMs = await timed(async () => {
        for (let post = 0; post <= ratePerSecond / 2; post += 1) await pacer.next(never)
      })
      expect(elapsedMs).toBeGreaterThan(495)
      expect(elapsedMs).toBeLessThan(800)
    },
  )

  test('does not wait without a rate', async () => {
    const pacer = new Pacer()
    expect(
      await timed(async () => {
        for (let post = 0; post < 10_000; post += 1) await pacer.next(never)
      }),
    ).toBeLessThan(500)
  })

  test('never shortens a pause', async () => {
    const pacer = new Pacer()
    await pacer.next(never)
    await timed(async () => pacer.next(never, 40))
    expect(await timed(async () => pacer.next(never, 40))).toBeGreaterThanOrEqual(39)
  })

  test('ends its wait when the signal aborts', async () => {
    const stop = new AbortController()
    const waiting = new Pacer(1).next(stop.signal, 60_000)
    stop.abort()
    expect(await waiting).toBe(false)
  })
})
