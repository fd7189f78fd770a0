import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { finished, TestLab } from '../support/lab.ts'

interface Report {
  ok: boolean
  checks: { name: string; ok: boolean; counts: Record<string, number> }[]
  counts: { posts: number; records: number }
}

describe.each([
  { service: 's3-sink', portOffset: 9_200 },
  { service: 'rest-proxy', portOffset: 9_300 },
  { service: 'kafka', portOffset: 9_400 },
  { service: 's3', portOffset: 9_500 },
  { service: 'gateway', portOffset: 9_600 },
])('kill -9 of $service while 2,000 posts are sent', ({ service, portOffset }) => {
  test('nothing is lost and nothing is doubled', async () => {
    await using lab = await TestLab.create(portOffset)
    expect((await lab.run(['up', '--posts', '0'])).code).toBe(0)
    const emulator = lab.spawn(['emulate', '--posts', '2000'])
    const emulated = finished(emulator)
    for (let kills = 0; kills < 3; kills += 1) {
      await delay(1_200)
      if (emulator.exitCode !== null && kills > 0) break
      await lab.kill(service)
      await ready(lab, service)
    }
    expect(await emulated).toMatchObject({ code: 0 })
    const report = await lab.json<Report>(['verify'])
    expect(report.checks.filter((check) => !check.ok)).toEqual([])
    expect(report).toMatchObject({ ok: true, counts: { posts: 2_000 } })
  })
})

/** The supervisor restarts what was killed; waits until it answers again. */
async function ready(lab: TestLab, service: string): Promise<void> {
  const deadline = performance.now() + 30_000
  while (performance.now() < deadline) {
    const row = (await lab.services()).find(({ name }) => name === service)
    if (row?.state === 'ready') return
    await delay(200)
  }
  throw new Error(`${service} was not restarted within 30 s`)
}
