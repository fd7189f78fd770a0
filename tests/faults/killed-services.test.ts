import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { pathNames } from '../../contract/index.ts'
import { finished, TestLab } from '../support/lab.ts'

interface Report {
  ok: boolean
  checks: { name: string; ok: boolean; counts: Record<string, number> }[]
  counts: { posts: number; records: number; kinesisRecords: number }
}

const posts = 2_000
/** Slow enough that the posts outlast the kills. */
const postsPerSecond = 40
/** Spark takes some 20 s to start, so that the others are killed while it does. */
const slowest = 'spark-stream'
const services = ['spark-stream', 'kinesis', 's3-sink', 'rest-proxy', 'kafka', 's3', 'gateway', 'mysql'] as const

test(`kill -9 of each service in turn while ${String(posts)} posts are sent: nothing is lost and nothing is doubled`, async () => {
  await using lab = await TestLab.create(9_200, { paths: pathNames })
  expect((await lab.run(['up', '--posts', '0'])).code).toBe(0)
  const emulator = lab.spawn(['emulate', '--posts', String(posts), '--rate', String(postsPerSecond)])
  const emulated = finished(emulator)
  for (const service of services) {
    await delay(1_500)
    expect(emulator.exitCode, `the posts end before ${service} is killed`).toBeNull()
    await lab.kill(service)
    if (service !== slowest) await ready(lab, service)
  }
  await ready(lab, slowest)
  expect(await emulated).toMatchObject({ code: 0 })
  const report = await lab.json<Report>(['verify'])
  expect(report.checks.filter((check) => !check.ok)).toEqual([])
  expect(report).toMatchObject({ ok: true, counts: { posts } })
  expect(report.counts.kinesisRecords).toBeGreaterThanOrEqual(posts * 3)
  const restarts = Object.fromEntries((await lab.services()).map((service) => [service.name, service.restarts]))
  expect(restarts).toEqual(Object.fromEntries(services.map((service) => [service, 1])))
})

/** The supervisor restarts what was killed; waits until it answers again. */
async function ready(lab: TestLab, service: string): Promise<void> {
  const deadline = performance.now() + 90_000
  while (performance.now() < deadline) {
    const row = (await lab.services()).find(({ name }) => name === service)
    if (row?.state === 'ready' && row.restarts === 1) return
    await delay(200)
  }
  throw new Error(`${service} was not restarted within 90 s`)
}
