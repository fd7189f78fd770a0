import { mkdir, symlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entityNames, isBatchAcknowledgement } from '../../../contract/index.ts'
import { pythonDict } from '../../../emulator/print.ts'
import { type EmulatorProgress } from '../../../emulator/report.ts'
import { postFrom } from '../../../emulator/run.ts'
import { startScriptedGateway, type Fault } from '../../support/scripted-gateway.ts'
import { aPosting, everyRecord, recordsOf, tablesOf, temporaryLedger, userId } from './fixtures.ts'

const never = { signal: new AbortController().signal }
const quick = { retryPolicy: { firstDelayMs: 1, maxDelayMs: 5, giveUpAfterMs: 10_000 }, attemptTimeoutMs: 5_000 }
const source = tablesOf(11_154)

describe('a run', () => {
  test('posts the three records of each row in the envelope of the REST proxy', async () => {
    await using proxy = await startScriptedGateway()
    await using ledger = await temporaryLedger()
    await postFrom(source, aPosting({ invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 1 }), never)
    const posted = await source.read([7528])
    expect(proxy.requests.map(({ path, contentType, values }) => ({ path, contentType, values }))).toEqual(
      entityNames.map((entity) => ({
        path: `/test/topics/${userId}.${entity}`,
        contentType: 'application/vnd.kafka.json.v2+json',
        values: [posted.get(7528)?.rows[entity]],
      })),
    )
    expect(Object.keys(proxy.requests[1]?.values[0] ?? {})).toEqual([
      'ind',
      'timestamp',
      'latitude',
      'longitude',
      'country',
    ])
  })

  test.each([
    { concurrency: 1, batchRecords: 1, requests: 300 },
    { concurrency: 16, batchRecords: 1, requests: 300 },
    { concurrency: 4, batchRecords: 30, requests: 12 },
    { concurrency: 4, batchRecords: 1_000, requests: 3 },
  ])(
    'of 100 posts, $batchRecords records a request, $concurrency at a time, makes $requests requests and 300 lines',
    async ({ concurrency, batchRecords, requests }) => {
      await using proxy = await startScriptedGateway()
      await using ledger = await temporaryLedger()
      const options = { invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 100, concurrency, batchRecords }
      const summary = await postFrom(source, aPosting(options), never)
      expect(summary).toMatchObject({ posts: 100, records: 300, resumedPosts: 0, retries: 0 })
      expect(proxy.requests).toHaveLength(requests)
      expect(proxy.mostAtOnce()).toBeLessThanOrEqual(concurrency)
      expect(recordsOf(await ledger.read())).toEqual(everyRecord(100))
    },
  )

  test('writes down for each record where it was stored', async () => {
    await using proxy = await startScriptedGateway()
    await using ledger = await temporaryLedger()
    await postFrom(source, aPosting({ invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 300 }), never)
    const lines = (await ledger.read()).filter(isBatchAcknowledgement)
    expect(
      lines.every(({ ind, partition, entity, topic }) => ind % 3 === partition && topic === `${userId}.${entity}`),
    ).toBe(true)
    const places = lines.map(({ topic, partition, offset }) => `${topic} ${String(partition)} ${String(offset)}`)
    expect(new Set(places).size).toBe(900)
  })

  test('of no posts is finished at once', async () => {
    await using proxy = await startScriptedGateway()
    await using ledger = await temporaryLedger()
    const options = aPosting({ invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 0 })
    expect(await postFrom(source, options, never)).toMatchObject({ posts: 0, records: 0 })
    expect(proxy.requests).toHaveLength(0)
  })

  test('prints the three dicts of each post in order before it is sent', async () => {
    await using proxy = await startScriptedGateway()
    await using ledger = await temporaryLedger()
    const lines: string[] = []
    const options = aPosting({ invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 2 })
    await postFrom(source, options, { ...never, print: (line) => lines.push(line) })
    const posts = await source.read([7528, 2863])
    expect(lines).toEqual(
      [7528, 2863].flatMap((row) => entityNames.map((entity) => pythonDict(posts.get(row)?.rows[entity] ?? {}))),
    )
  })

  test('holds its rate', async () => {
    await using proxy = await startScriptedGateway()
    await using ledger = await temporaryLedger()
    const options = aPosting({ invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 101, ratePerSecond: 100 })
    const { seconds } = await postFrom(source, options, never)
    expect(seconds).toBeGreaterThan(0.99)
    expect(seconds).toBeLessThan(2)
  })

  test('makes the pauses of the course', async () => {
    await using proxy = await startScriptedGateway()
    await using ledger = await temporaryLedger()
    const options = aPosting({ invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 3, sleep: 'course' })
    const { seconds } = await postFrom(source, options, never)
    expect(seconds).toBeGreaterThan(1.99) // the pauses of its first three posts: 0, 1 and 1 second
  })

  test('reports its progress at most twice a second and at the end', async () => {
    await using proxy = await startScriptedGateway()
    await using ledger = await temporaryLedger()
    const reports: EmulatorProgress[] = []
    const options = aPosting({ invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 120, ratePerSecond: 100 })
    await postFrom(source, options, { ...never, onProgress: (progress) => reports.push(progress) })
    expect(reports.length).toBeLessThanOrEqual(4)
    expect(reports.at(-1)).toMatchObject({ posts: 120, total: 120, retries: 0 })
  })

  test('warns where the tables cannot give the course’s sequence', async () => {
    await using proxy = await startScriptedGateway()
    await using ledger = await temporaryLedger()
    const warnings: string[] = []
    const short = { ...tablesOf(50), rowCounts: { pin: 60, geo: 50, user: 60 } }
    const options = aPosting({ invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 200 })
    await postFrom(short, options, { ...never, onWarning: (warning) => warnings.push(warning) })
    expect(warnings).toEqual([
      expect.stringContaining('pin 60, geo 50, user 60'),
      expect.stringContaining('rows 0 to 49'),
    ])
    expect((await ledger.read()).every(({ ind }) => ind < 50)).toBe(true)
  })
})

describe('a fault that passes', () => {
  test.each<{ what: string; fault: Fault; storedTwice?: boolean }>([
    { what: '500', fault: { kind: 'status', status: 500 } },
    { what: '503', fault: { kind: 'status', status: 503 } },
    { what: '429', fault: { kind: 'status', status: 429 } },
    { what: '408', fault: { kind: 'status', status: 408 } },
    {
      what: '504 of the gateway',
      fault: { kind: 'status', status: 504, body: '{"message":"Endpoint request timed out"}' },
    },
    { what: 'a connection closed before the record is stored', fault: { kind: 'drop' } },
    { what: 'a connection closed after the record is stored', fault: { kind: 'drop-after' }, storedTwice: true },
    { what: 'an answer that breaks off', fault: { kind: 'cut-answer' }, storedTwice: true },
    { what: 'a retriable record error', fault: { kind: 'record-errors', codes: [50_003] } },
  ])('$what, twice, costs two retries and no record', async ({ fault, storedTwice }) => {
    await using proxy = await startScriptedGateway(({ attempt }) =>
      attempt === 2 || attempt === 3 ? fault : undefined,
    )
    await using ledger = await temporaryLedger()
    const options = aPosting({ invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 3, concurrency: 1 })
    const summary = await postFrom(source, options, never, quick)
    expect(summary).toMatchObject({ posts: 3, records: 9, retries: 2 })
    expect(recordsOf(await ledger.read())).toEqual(everyRecord(3))
    expect([...proxy.stored.values()].flat()).toHaveLength(storedTwice ? 11 : 9)
  })

  test('a server that hangs is left after the attempt’s time', async () => {
    await using proxy = await startScriptedGateway(({ attempt }) => (attempt === 1 ? { kind: 'hang' } : undefined))
    await using ledger = await temporaryLedger()
    const options = aPosting({ invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 1, concurrency: 1 })
    const summary = await postFrom(source, options, never, { ...quick, attemptTimeoutMs: 300 })
    expect(summary).toMatchObject({ records: 3, retries: 1 })
  })

  test('of some records of a request sends those again, and those only', async () => {
    const codes = [undefined, 50_003, undefined, 2, undefined]
    await using proxy = await startScriptedGateway(({ attempt }) =>
      attempt === 1 ? { kind: 'record-errors', codes } : undefined,
    )
    await using ledger = await temporaryLedger()
    const options = { invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 5, concurrency: 1, batchRecords: 5 }
    await postFrom(source, aPosting(options), never, quick)
    const [first, again] = proxy.requests
    expect(again?.values).toEqual([first?.values[1], first?.values[3]])
    expect(recordsOf(await ledger.read())).toEqual(everyRecord(5))
    expect([...proxy.stored.values()].flat()).toHaveLength(15)
  })

  test('is waited out as long as Retry-After says', async () => {
    await using proxy = await startScriptedGateway(({ attempt }) =>
      attempt === 1 ? { kind: 'status', status: 429, headers: { 'retry-after': '1' } } : undefined,
    )
    await using ledger = await temporaryLedger()
    const options = aPosting({ invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 1, concurrency: 1 })
    const { seconds } = await postFrom(source, options, never, quick)
    expect(seconds).toBeGreaterThan(0.99)
  })

  test('at any requests leaves every record acknowledged once', async () => {
    const fault = fc.constantFrom<Fault | undefined>(
      undefined,
      undefined,
      { kind: 'drop' },
      { kind: 'drop-after' },
      { kind: 'cut-answer' },
      { kind: 'status', status: 503 },
      { kind: 'record-errors', codes: [50_003, undefined, 2] },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { maxLength: 60 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 7 }),
        async (faults, concurrency, batchRecords) => {
          await using proxy = await startScriptedGateway(({ attempt }) => faults[attempt - 1])
          await using ledger = await temporaryLedger()
          const options = { invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 20, concurrency, batchRecords }
          await postFrom(source, aPosting(options), never, quick)
          expect(recordsOf(await ledger.read())).toEqual(everyRecord(20))
        },
      ),
      { numRuns: 20 },
    )
  })
})

describe('a fault that stays', () => {
  test.each([
    { status: 403, body: '{"message":"Missing Authentication Token"}', hint: 'lab urls' },
    { status: 404, body: '{"error_code":40401,"message":"Topic not found"}', hint: 'lab topics' },
    { status: 422, body: '{"error_code":422,"message":"Unrecognized field: ind"}', hint: 'lab logs' },
  ])('$status $body ends the run at once and is quoted', async ({ status, body, hint }) => {
    await using proxy = await startScriptedGateway(() => ({ kind: 'status', status, body }))
    await using ledger = await temporaryLedger()
    const options = aPosting({ invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 500, concurrency: 4 })
    await expect(postFrom(source, options, never, quick)).rejects.toMatchObject({
      code: 'LAB_EMULATION_FAILED',
      what: expect.stringContaining(`${userId}.`) as string,
      why: `${String(status)} ${body}`,
      fix: expect.stringContaining(hint) as string,
    })
    expect(proxy.requests.length).toBeLessThanOrEqual(8)
  })

  test('of one record ends the run, with the others of its request acknowledged', async () => {
    await using proxy = await startScriptedGateway(() => ({ kind: 'record-errors', codes: [undefined, 50_002] }))
    await using ledger = await temporaryLedger()
    const options = { invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path, posts: 3, concurrency: 1, batchRecords: 3 }
    await expect(postFrom(source, aPosting(options), never, quick)).rejects.toMatchObject({
      what: expect.stringContaining('ind 2863 ') as string,
      why: 'record error 50002: scripted',
    })
    expect(recordsOf(await ledger.read())).toEqual(['0 pin', '2 pin'])
  })

  test('ends the run once its time is over, with the last answer', async () => {
    await using proxy = await startScriptedGateway(() => ({
      kind: 'status',
      status: 503,
      body: '{"error_code":50302}',
    }))
    await using ledger = await temporaryLedger()
    const options = aPosting({ invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path })
    const policy = { ...quick.retryPolicy, giveUpAfterMs: 200 }
    await expect(postFrom(source, options, never, { retryPolicy: policy })).rejects.toMatchObject({
      code: 'LAB_EMULATION_FAILED',
      what: expect.stringMatching(/\d+ attempts/) as string,
      why: 'the last answer was: 503 {"error_code":50302}',
    })
  })

  test('of the disk ends the run: a record that cannot be written down does not count', async () => {
    await using proxy = await startScriptedGateway()
    await using ledger = await temporaryLedger()
    await mkdir(dirname(ledger.path), { recursive: true })
    await symlink('/dev/full', ledger.path)
    const options = aPosting({ invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path })
    await expect(postFrom(source, options, never)).rejects.toMatchObject({ code: 'LAB_DISK_FULL' })
  })

  test('where nobody listens is named', async () => {
    const proxy = await startScriptedGateway()
    await proxy[Symbol.asyncDispose]()
    await using ledger = await temporaryLedger()
    const options = aPosting({ invokeUrl: proxy.invokeUrl, ledgerPath: ledger.path })
    const policy = { ...quick.retryPolicy, giveUpAfterMs: 200 }
    await expect(postFrom(source, options, never, { retryPolicy: policy })).rejects.toMatchObject({
      why: expect.stringContaining('ECONNREFUSED') as string,
    })
  })
})

test.each([
  { what: 'a negative count', options: { posts: -1 } },
  { what: 'a rate of zero', options: { ratePerSecond: 0 } },
  { what: 'no connection', options: { concurrency: 0 } },
  { what: 'a fraction of a record', options: { batchRecords: 1.5 } },
  { what: 'a user id of another form', options: { userId: 'ME' } },
  { what: 'an address of another kind', options: { invokeUrl: 'ftp://127.0.0.1/test' } },
])('$what is wrong usage', ({ options }) => {
  const parsing = (): unknown => aPosting({ invokeUrl: 'http://127.0.0.1:1/test', ledgerPath: 'x', ...options })
  expect(parsing).toThrow(expect.objectContaining({ code: 'LAB_USAGE' }))
})
