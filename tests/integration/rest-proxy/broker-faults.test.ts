import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startKafka, type TestKafka } from '../../support/services.ts'
import { call, makeTopics, produce, proxyOn, readLog } from './support.ts'

const produceTimeoutMs = 4_000

let kafka: TestKafka
let proxy: Awaited<ReturnType<typeof proxyOn>>

beforeAll(async () => {
  kafka = await startKafka({ port: 24_492 })
  await makeTopics(kafka.brokers, ['killed', 'stopped', 'quick', 'patient'])
  proxy = await proxyOn(kafka.brokers, { produceTimeoutMs, adminTimeoutMs: 1_500 })
})
afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await kafka[Symbol.asyncDispose]()
})

interface Load {
  /** Acknowledged values by `partition:offset`. */
  readonly acknowledged: Map<string, string>
  /** Places that were handed out twice. */
  readonly twice: string[]
  /** Values sent again after an answer without an acknowledgement. */
  readonly sentAgain: Set<string>
  readonly slowestMs: () => number
  /** No further records; resolves when each has been acknowledged. */
  readonly finish: () => Promise<void>
}

/** Posts records, one and several a request, keyed and not, each again until it is acknowledged, as a careful client does. */
function startLoad(topic: string, workers: number): Load {
  const acknowledged = new Map<string, string>()
  const twice: string[] = []
  const sentAgain = new Set<string>()
  let isOver = false
  let slowestMs = 0
  const post = async (values: readonly string[], keyed: boolean): Promise<string[]> => {
    const startMs = performance.now()
    const { status, body } = await produce(
      proxy.url,
      topic,
      values.map((value) => (keyed ? { key: value, value } : { value })),
    )
    slowestMs = Math.max(slowestMs, performance.now() - startMs)
    if (status !== 200) return [...values]
    return values.filter((value, at) => {
      const { partition, offset } = body.offsets[at]!
      if (offset === null) return true
      const place = `${String(partition)}:${String(offset)}`
      if (acknowledged.has(place)) twice.push(place)
      acknowledged.set(place, value)
      return false
    })
  }
  const worker = async (_: unknown, id: number): Promise<void> => {
    for (let round = 0; !isOver; round += 1) {
      let open = Array.from({ length: 1 + (id % 3) }, (_, at) => `${String(id)}.${String(round)}.${String(at)}`)
      while (open.length > 0) {
        open = await post(open, id % 2 === 0)
        for (const value of open) sentAgain.add(value)
        if (open.length > 0) await delay(20)
      }
    }
  }
  const running = Promise.all(Array.from({ length: workers }, worker))
  return {
    acknowledged,
    twice,
    sentAgain,
    slowestMs: () => slowestMs,
    finish: async () => {
      isOver = true
      await running
    },
  }
}

async function expectKept(topic: string, load: Load): Promise<void> {
  const log = await readLog(kafka.brokers, topic)
  expect(load.twice).toEqual([])
  for (const [place, value] of load.acknowledged) expect(log.get(place), place).toBe(JSON.stringify(value))
  // A value stands more than once only where an answer left open whether it was written.
  const counts = new Map<string, number>()
  for (const value of log.values()) counts.set(value ?? '', (counts.get(value ?? '') ?? 0) + 1)
  const doubled = [...counts].filter(([value, count]) => count > 1 && !load.sentAgain.has(JSON.parse(value) as string))
  expect(doubled).toEqual([])
}

it('every acknowledged record is in the log at its place after the broker was killed (-9) under load', async () => {
  const load = startLoad('killed', 24)
  for (let round = 0; round < 3; round += 1) {
    const before = load.acknowledged.size
    await vi.waitFor(
      () => {
        expect(load.acknowledged.size).toBeGreaterThan(before + 500)
      },
      { timeout: 20_000, interval: 5 },
    )
    await kafka.kill()
    await kafka.restart()
  }
  const before = load.acknowledged.size
  await vi.waitFor(
    () => {
      expect(load.acknowledged.size).toBeGreaterThan(before + 500)
    },
    { timeout: 20_000, interval: 20 },
  )
  await load.finish()
  await expectKept('killed', load)
}, 120_000)

it('a broker that hangs (SIGSTOP) costs the time limit and no acknowledged record', async () => {
  const load = startLoad('stopped', 24)
  for (const stoppedMs of [1_000, 2.5 * produceTimeoutMs]) {
    const before = load.acknowledged.size
    await vi.waitFor(
      () => {
        expect(load.acknowledged.size).toBeGreaterThan(before + 200)
      },
      { timeout: 20_000, interval: 5 },
    )
    process.kill(kafka.pid, 'SIGSTOP')
    await delay(stoppedMs)
    process.kill(kafka.pid, 'SIGCONT')
  }
  const before = load.acknowledged.size
  await vi.waitFor(
    () => {
      expect(load.acknowledged.size).toBeGreaterThan(before + 200)
    },
    { timeout: 30_000, interval: 20 },
  )
  await load.finish()
  await expectKept('stopped', load)
  expect(load.slowestMs()).toBeLessThan(produceTimeoutMs + 2_500)
}, 120_000)

it('answers within its time limit while the broker is away, and soon after it is back', async () => {
  expect((await produce(proxy.url, 'quick', [{ value: 1 }])).status).toBe(200)
  await kafka.kill()
  const startMs = performance.now()
  const [known, unknown, list] = await Promise.all([
    produce(proxy.url, 'quick', [{ value: 2 }]),
    produce(proxy.url, 'never-seen', [{ value: 2 }]),
    call('GET', `${proxy.url}/topics`),
  ])
  expect(performance.now() - startMs).toBeLessThan(produceTimeoutMs + 2_500)
  expect(known).toMatchObject({
    status: 200,
    body: { offsets: [{ partition: null, offset: null, error_code: 50003 }] },
  })
  expect(unknown).toMatchObject({ status: 503, body: { error_code: 50302 } })
  expect(list).toMatchObject({ status: 503, body: { error_code: 50302 } })
  await kafka.restart()
  const backMs = performance.now()
  await vi.waitFor(
    async () => {
      const { body } = await produce(proxy.url, 'quick', [{ value: 3 }])
      expect(body.offsets[0]!.error_code).toBeNull()
    },
    { timeout: 10_000, interval: 10 },
  )
  expect(performance.now() - backMs).toBeLessThan(3_000)
}, 60_000)

it('a broker that is back within the time limit costs no request, and writes each record once', async () => {
  await using patient = await proxyOn(kafka.brokers, { produceTimeoutMs: 20_000 })
  const values = Array.from({ length: 400 }, (_, at) => `patient ${String(at)}`)
  let sent = 0
  const places = new Map<string, string>()
  const worker = async (): Promise<void> => {
    for (let value = values[sent++]; value !== undefined; value = values[sent++]) {
      const { body } = await produce(patient.url, 'patient', [{ value }])
      expect(body.offsets[0]!.error_code).toBeNull()
      places.set(`${String(body.offsets[0]!.partition)}:${String(body.offsets[0]!.offset)}`, value)
    }
  }
  const done = Promise.all(Array.from({ length: 8 }, worker))
  await vi.waitFor(
    () => {
      expect(places.size).toBeGreaterThan(100)
    },
    { timeout: 10_000, interval: 1 },
  )
  await kafka.kill()
  await kafka.restart()
  await done
  const log = await readLog(kafka.brokers, 'patient')
  expect(log.size).toBe(values.length)
  for (const [place, value] of places) expect(log.get(place)).toBe(JSON.stringify(value))
}, 60_000)
