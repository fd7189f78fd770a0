import { appendFile, readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { type PostingOptions } from '../../../emulator/options.ts'
import { postFrom, type EmulatorSummary } from '../../../emulator/run.ts'
import { startScriptedGateway, type ScriptedGateway } from '../../support/scripted-gateway.ts'
import {
  aPosting,
  emulatorProcess,
  everyRecord,
  recordsOf,
  tablesOf,
  temporaryLedger,
  userId,
  type TemporaryLedger,
} from './fixtures.ts'

const source = tablesOf(11_154)
const never = { signal: new AbortController().signal }

/** Aborts `stop` when so many requests have come in. */
const proxyThatStops = (stop: AbortController, requests: number) =>
  startScriptedGateway(({ attempt }) => {
    if (attempt === requests) stop.abort()
    return undefined
  })

const optionsOf = (
  proxy: ScriptedGateway,
  ledger: TemporaryLedger,
  over: Partial<PostingOptions> = {},
): PostingOptions => ({
  invokeUrl: proxy.invokeUrl,
  ledgerPath: ledger.path,
  userId,
  order: 'course',
  posts: 400,
  ...over,
})

describe('a run killed in the middle', () => {
  test.each([
    { concurrency: 1, batchRecords: 1, killsAt: [100, 350, 700] },
    { concurrency: 16, batchRecords: 1, killsAt: [50, 333, 900] },
    { concurrency: 8, batchRecords: 7, killsAt: [9, 55, 111] },
  ])(
    'is taken up until every record is acknowledged once ($concurrency at a time, $batchRecords a request)',
    { timeout: 60_000 },
    async ({ concurrency, batchRecords, killsAt }) => {
      let victim: ReturnType<typeof emulatorProcess> | undefined
      await using proxy = await startScriptedGateway(({ attempt }) => {
        if (killsAt.includes(attempt)) victim?.kill('SIGKILL')
        return undefined
      })
      await using ledger = await temporaryLedger()
      const options = optionsOf(proxy, ledger, { concurrency, batchRecords })
      for (const _ of killsAt) {
        victim = emulatorProcess(options)
        const [, , [code, signal]] = await victim.ended
        expect([code, signal]).toEqual([null, 'SIGKILL'])
        await appendFile(ledger.path, '{"run":"torn","emiss') // what a kill in the middle of a write leaves
      }
      victim = emulatorProcess(options)
      const [stdout, stderr] = await victim.ended
      expect(stderr).toBe('')
      const summary = JSON.parse(stdout) as EmulatorSummary
      expect(summary).toMatchObject({ posts: 400, records: 1_200 })
      expect(summary.resumedPosts).toBeGreaterThan(0)

      const lines = await ledger.read()
      expect(recordsOf(lines)).toEqual(everyRecord(400))
      const texts = (await readFile(ledger.path, 'utf8')).trimEnd().split('\n')
      expect(texts.map((text) => JSON.parse(text) as unknown)).toEqual(lines) // what was torn is cut
      expect(new Set(lines.map(({ run }) => run))).toEqual(new Set([summary.run]))
      // a record is stored again only if its acknowledgement was under way at a kill
      const stored = [...proxy.stored.values()].flat()
      expect(stored.length - 1_200).toBeLessThanOrEqual(killsAt.length * concurrency * batchRecords)
    },
  )
})

describe('a run that is interrupted', () => {
  test('finishes the posts it has begun, records them and is taken up by the same command', async () => {
    const stop = new AbortController()
    await using proxy = await proxyThatStops(stop, 100)
    await using ledger = await temporaryLedger()
    const options = aPosting(optionsOf(proxy, ledger, { concurrency: 4 }))
    await expect(postFrom(source, options, stop)).rejects.toMatchObject({ code: 'LAB_INTERRUPTED' })
    const before = await ledger.read()
    expect(before.length).toBeLessThan(130)
    expect(before).toHaveLength(proxy.requests.length)
    expect(before.length % 3).toBe(0)

    const summary = await postFrom(source, options, never)
    expect(summary).toMatchObject({ posts: 400, records: 1_200, resumedPosts: before.length / 3 })
    expect(summary.run).toBe(before[0]?.run)
    expect(recordsOf(await ledger.read())).toEqual(everyRecord(400))
    expect(proxy.requests).toHaveLength(1_200)
  })

  test('has sent what it has printed', async () => {
    const stop = new AbortController()
    await using proxy = await proxyThatStops(stop, 4)
    await using ledger = await temporaryLedger()
    let printed = 0
    const print = (): void => {
      printed += 1
    }
    const options = aPosting(optionsOf(proxy, ledger, { batchRecords: 7 }))
    await expect(postFrom(source, options, { signal: stop.signal, print })).rejects.toMatchObject({
      code: 'LAB_INTERRUPTED',
    })
    expect(printed).toBe((await ledger.read()).length)
  })

  test('may go on at another pace', async () => {
    const stop = new AbortController()
    await using proxy = await proxyThatStops(stop, 100)
    await using ledger = await temporaryLedger()
    const options = optionsOf(proxy, ledger)
    await expect(postFrom(source, aPosting(options), stop)).rejects.toMatchObject({ code: 'LAB_INTERRUPTED' })
    const other = aPosting({ ...options, concurrency: 3, batchRecords: 50, ratePerSecond: 10_000 })
    const summary = await postFrom(source, other, never)
    expect(summary.resumedPosts).toBeGreaterThan(0)
    expect(recordsOf(await ledger.read())).toEqual(everyRecord(400))
  })

  test.each([
    { what: 'another count', over: { posts: 401 } },
    { what: 'another order', over: { order: 'uniform' } },
    { what: 'another seed', over: { seed: 101 } },
    { what: 'another path', over: { paths: ['stream'] } },
    { what: 'both paths', over: { paths: ['batch', 'stream'] } },
    { what: '--fresh', over: { fresh: true } },
  ] as const)('is not taken up by a command with $what', async ({ over }) => {
    const stop = new AbortController()
    await using proxy = await proxyThatStops(stop, 100)
    await using ledger = await temporaryLedger()
    const options = optionsOf(proxy, ledger)
    await expect(postFrom(source, aPosting(options), stop)).rejects.toMatchObject({ code: 'LAB_INTERRUPTED' })
    expect((await postFrom(source, aPosting({ ...options, ...over }), never)).resumedPosts).toBe(0)
  })

  test('on the stream path is taken up with the same partition key only', async () => {
    const stop = new AbortController()
    await using proxy = await proxyThatStops(stop, 100)
    await using ledger = await temporaryLedger()
    const options = optionsOf(proxy, ledger, { paths: ['stream'], concurrency: 4 })
    await expect(postFrom(source, aPosting(options), stop)).rejects.toMatchObject({ code: 'LAB_INTERRUPTED' })
    expect((await postFrom(source, aPosting({ ...options, partitionKey: 'k' }), never)).resumedPosts).toBe(0)
    expect((await postFrom(source, aPosting(options), never)).resumedPosts).toBeGreaterThan(30)
  })

  test.each([
    { what: 'more rows', tables: tablesOf(11_155) },
    { what: 'other rows', tables: tablesOf(11_154, 'travel') },
  ])('is not taken up on tables of $what', async ({ tables }) => {
    const stop = new AbortController()
    await using proxy = await proxyThatStops(stop, 100)
    await using ledger = await temporaryLedger()
    const options = aPosting(optionsOf(proxy, ledger))
    await expect(postFrom(source, options, stop)).rejects.toMatchObject({ code: 'LAB_INTERRUPTED' })
    expect((await postFrom(tables, options, never)).resumedPosts).toBe(0)
  })

  test('and given up with --fresh is never taken up again', async () => {
    const stop = new AbortController()
    await using proxy = await proxyThatStops(stop, 100)
    await using ledger = await temporaryLedger()
    const options = optionsOf(proxy, ledger)
    await expect(postFrom(source, aPosting(options), stop)).rejects.toMatchObject({ code: 'LAB_INTERRUPTED' })
    await postFrom(source, aPosting({ ...options, fresh: true }), never)
    expect((await postFrom(source, aPosting(options), never)).resumedPosts).toBe(0)
  })

  test('by a refusal goes on behind the last acknowledged record', async () => {
    let isRefusing = true
    await using proxy = await startScriptedGateway(({ attempt }) =>
      isRefusing && attempt > 50 ? { kind: 'status', status: 403 } : undefined,
    )
    await using ledger = await temporaryLedger()
    const options = aPosting(optionsOf(proxy, ledger))
    await expect(postFrom(source, options, never)).rejects.toMatchObject({ code: 'LAB_EMULATION_FAILED' })
    isRefusing = false
    await postFrom(source, options, never)
    expect(recordsOf(await ledger.read())).toEqual(everyRecord(400))
    expect([...proxy.stored.values()].flat()).toHaveLength(1_200)
  })

  test('on one path sends what each path lacks, whatever the order of their names', async () => {
    let isRefusing = true
    await using proxy = await startScriptedGateway(({ attempt, target }) =>
      isRefusing && attempt > 50 && target.startsWith('streaming-') ? { kind: 'status', status: 403 } : undefined,
    )
    await using ledger = await temporaryLedger()
    const options = optionsOf(proxy, ledger, { posts: 60, paths: ['batch', 'stream'] })
    await expect(postFrom(source, aPosting(options), never)).rejects.toMatchObject({ code: 'LAB_EMULATION_FAILED' })
    isRefusing = false
    const summary = await postFrom(source, aPosting({ ...options, paths: ['stream', 'batch'] }), never)
    expect(summary).toMatchObject({ posts: 60, records: 360, recordsByPath: { batch: 180, stream: 180 } })
    expect(summary.resumedPosts).toBeGreaterThan(0)
    expect([...proxy.stored.values()].map(({ length }) => length)).toEqual(Array(6).fill(60))
  })

  test('gives up what hangs once its time is over', async () => {
    const stop = new AbortController()
    await using proxy = await startScriptedGateway(({ attempt }) => {
      if (attempt === 10) stop.abort()
      return attempt >= 10 ? { kind: 'hang' } : undefined
    })
    await using ledger = await temporaryLedger()
    const startedMs = performance.now()
    const posting = postFrom(source, aPosting(optionsOf(proxy, ledger)), stop, { finishTimeoutMs: 300 })
    await expect(posting).rejects.toMatchObject({ code: 'LAB_INTERRUPTED' })
    expect(performance.now() - startedMs).toBeLessThan(5_000)
  })
})

test('a finished run is not taken up: the same command posts the same rows again', async () => {
  await using proxy = await startScriptedGateway()
  await using ledger = await temporaryLedger()
  const options = aPosting(optionsOf(proxy, ledger, { posts: 20 }))
  const [first, second] = [await postFrom(source, options, never), await postFrom(source, options, never)]
  expect(second.resumedPosts).toBe(0)
  const lines = await ledger.read()
  const rowsOf = (run: string) => lines.filter((line) => line.run === run).map(({ emission, ind }) => [emission, ind])
  const inOrder = (rows: number[][]) => rows.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0))
  expect(inOrder(rowsOf(second.run))).toEqual(inOrder(rowsOf(first.run)))
  expect(lines).toHaveLength(120)
})

test('an endless run ends, finished, when it is stopped', async () => {
  const stop = new AbortController()
  await using proxy = await proxyThatStops(stop, 1_000)
  await using ledger = await temporaryLedger()
  const options = aPosting(optionsOf(proxy, ledger, { posts: 'endless' }))
  const summary = await postFrom(source, options, stop)
  expect(summary.posts).toBeGreaterThan(300)
  expect(recordsOf(await ledger.read())).toEqual(everyRecord(summary.posts))
  const next = new AbortController()
  next.abort()
  expect(await postFrom(source, options, next)).toMatchObject({ posts: 0, resumedPosts: 0 })
})

describe('several emulators on one ledger', () => {
  test('have runs of their own, also with the same command', { timeout: 60_000 }, async () => {
    await using proxy = await startScriptedGateway()
    await using ledger = await temporaryLedger()
    const options = optionsOf(proxy, ledger, { posts: 200 })
    const ends = await Promise.all(Array.from({ length: 4 }, async () => emulatorProcess(options).ended))
    expect(ends.map(([, stderr]) => stderr)).toEqual(['', '', '', ''])
    const runs = ends.map(([stdout]) => (JSON.parse(stdout) as EmulatorSummary).run)
    expect(new Set(runs).size).toBe(4)
    const lines = await ledger.read()
    for (const run of runs) expect(recordsOf(lines.filter((line) => line.run === run))).toEqual(everyRecord(200))
  })

  test('do not take up a run that is alive, nor cut the ledger under it', async () => {
    await using ledger = await temporaryLedger()
    const started = Promise.withResolvers<undefined>()
    const stop = new AbortController()
    await using slow = await startScriptedGateway(({ attempt }) => {
      if (attempt === 30) started.resolve(undefined)
      return undefined
    })
    await using proxy = await startScriptedGateway()
    const options = optionsOf(slow, ledger, { ratePerSecond: 50, posts: 60 })
    const living = postFrom(source, aPosting(options), stop)
    await started.promise
    await appendFile(ledger.path, '{"run":"of a dead third one')
    const other = await postFrom(
      source,
      aPosting({ ...options, invokeUrl: proxy.invokeUrl, ratePerSecond: 10_000 }),
      never,
    )
    const { run } = await living
    expect(other.run).not.toBe(run)
    const lines = await ledger.read()
    for (const one of [run, other.run]) {
      expect(recordsOf(lines.filter((line) => line.run === one))).toEqual(everyRecord(60))
    }
  })
})
