import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  entityNames,
  isBatchAcknowledgement,
  pathNames,
  streamName,
  type Acknowledgement,
  type StreamAcknowledgement,
} from '../../../contract/index.ts'
import { type EmulatorProgress } from '../../../emulator/report.ts'
import { postFrom } from '../../../emulator/run.ts'
import { startScriptedGateway, type Fault, type ScriptedGateway } from '../../support/scripted-gateway.ts'
import {
  aPosting,
  everyRecord,
  recordsOf,
  repeatingTables,
  tablesOf,
  temporaryLedger,
  userId,
  type TemporaryLedger,
} from './fixtures.ts'

const never = { signal: new AbortController().signal }
const quick = { retryPolicy: { firstDelayMs: 1, maxDelayMs: 5, giveUpAfterMs: 10_000 }, attemptTimeoutMs: 5_000 }
const source = tablesOf(11_154)

const aStreaming = (
  gateway: ScriptedGateway,
  ledger: TemporaryLedger,
  over: Partial<Parameters<typeof aPosting>[0]> = {},
) => aPosting({ invokeUrl: gateway.invokeUrl, ledgerPath: ledger.path, paths: ['stream'], ...over })

const isStreamed = (line: Acknowledgement): line is StreamAcknowledgement => !isBatchAcknowledgement(line)
const streamLines = async (ledger: TemporaryLedger): Promise<StreamAcknowledgement[]> =>
  (await ledger.read()).filter(isStreamed)

describe('a run on the stream path', () => {
  test('puts the record of each row as the course’s script does', async () => {
    await using gateway = await startScriptedGateway()
    await using ledger = await temporaryLedger()
    await postFrom(source, aStreaming(gateway, ledger, { posts: 1, concurrency: 1 }), never)
    const posted = await source.read([7528])
    expect(gateway.requests).toEqual(
      entityNames.map((entity, i) => ({
        attempt: i + 1,
        method: 'PUT',
        path: `/test/streams/${streamName(userId, entity)}/record`,
        target: streamName(userId, entity),
        contentType: 'application/json',
        values: [posted.get(7528)?.rows[entity]],
        keys: ['7528'],
      })),
    )
  })

  test('puts many records in a request of the README’s form', async () => {
    await using gateway = await startScriptedGateway()
    await using ledger = await temporaryLedger()
    const options = aStreaming(gateway, ledger, { posts: 3, batchRecords: 3, order: 'sequential' })
    await postFrom(source, options, never)
    expect(gateway.requests.map(({ method, path, keys }) => ({ method, path, keys }))).toEqual(
      entityNames.map((entity) => ({
        method: 'PUT',
        path: `/test/streams/${streamName(userId, entity)}/records`,
        keys: ['0', '1', '2'],
      })),
    )
    expect(gateway.stored.get(streamName(userId, 'geo'))).toEqual(
      [...(await source.read([0, 1, 2])).values()].map(({ rows }) => rows.geo),
    )
  })

  test('gives every record a constant key when it is told one', async () => {
    await using gateway = await startScriptedGateway()
    await using ledger = await temporaryLedger()
    await postFrom(source, aStreaming(gateway, ledger, { posts: 4, partitionKey: 'test "1"' }), never)
    expect(new Set(gateway.requests.flatMap(({ keys }) => keys))).toEqual(new Set(['test "1"']))
  })

  test.each([
    { concurrency: 1, batchRecords: 1, requests: 300 },
    { concurrency: 16, batchRecords: 1, requests: 300 },
    { concurrency: 4, batchRecords: 30, requests: 12 },
    { concurrency: 4, batchRecords: 1_000, requests: 3 },
  ])(
    'of 100 posts, $batchRecords records a request, $concurrency at a time, makes $requests requests and 300 lines',
    async ({ concurrency, batchRecords, requests }) => {
      await using gateway = await startScriptedGateway()
      await using ledger = await temporaryLedger()
      const options = aStreaming(gateway, ledger, { posts: 100, concurrency, batchRecords, order: 'sequential' })
      const summary = await postFrom(source, options, never)
      const recordsByPath = { batch: 0, stream: 300 }
      expect(summary).toMatchObject({ posts: 100, records: 300, recordsByPath, resumedPosts: 0, retries: 0 })
      expect(gateway.requests).toHaveLength(requests)
      expect(gateway.mostAtOnce()).toBeLessThanOrEqual(concurrency)
      expect(recordsOf(await ledger.read())).toEqual(everyRecord(100))
    },
  )

  test('writes down for each record where it was stored', async () => {
    await using gateway = await startScriptedGateway()
    await using ledger = await temporaryLedger()
    await postFrom(source, aStreaming(gateway, ledger, { posts: 300 }), never)
    const lines = await streamLines(ledger)
    const isPlace = ({ ind, entity, stream, shard }: StreamAcknowledgement): boolean =>
      stream === streamName(userId, entity) && shard === `shardId-00000000000${String(ind % 3)}`
    expect(lines.every(isPlace)).toBe(true)
    const places = lines.map(({ stream, shard, sequenceNumber }) => `${stream} ${shard} ${sequenceNumber}`)
    expect(new Set(places).size).toBe(900)
  })

  test('has one request of a stream under way with a constant key', async () => {
    const underWay = new Map<string, number>()
    await using gateway = await startScriptedGateway(async ({ target }) => {
      underWay.set(target, (underWay.get(target) ?? 0) + 1)
      await new Promise(setImmediate)
      expect(underWay.get(target)).toBe(1)
      underWay.set(target, 0)
      return undefined
    })
    await using ledger = await temporaryLedger()
    await postFrom(source, aStreaming(gateway, ledger, { posts: 50, partitionKey: 'k' }), never)
    expect(gateway.requests).toHaveLength(150)
  })
})

describe('a run on both paths', () => {
  test.each([{ batchRecords: 1 }, { batchRecords: 7 }])(
    'posts the same rows on each, $batchRecords a request',
    async ({ batchRecords }) => {
      await using gateway = await startScriptedGateway()
      await using ledger = await temporaryLedger()
      const reports: EmulatorProgress[] = []
      const summary = await postFrom(
        source,
        aStreaming(gateway, ledger, { posts: 60, paths: pathNames, batchRecords }),
        {
          ...never,
          onProgress: (progress) => reports.push(progress),
        },
      )
      const recordsByPath = { batch: 180, stream: 180 }
      expect(summary).toMatchObject({ posts: 60, records: 360, recordsByPath })
      expect(reports.at(-1)).toMatchObject({ posts: 60, records: 360, recordsByPath })
      const lines = await ledger.read()
      const [batch, stream] = [lines.filter(isBatchAcknowledgement), await streamLines(ledger)]
      expect(recordsOf(batch)).toEqual(everyRecord(60))
      expect(recordsOf(stream)).toEqual(everyRecord(60))
      const byText = (values: readonly object[] = []) => values.map((value) => JSON.stringify(value)).toSorted()
      for (const entity of entityNames) {
        const streamed = byText(gateway.stored.get(streamName(userId, entity)))
        expect(streamed).toHaveLength(60)
        expect(byText(gateway.stored.get(`${userId}.${entity}`))).toEqual(streamed)
      }
    },
  )

  test('counts a post once both paths have taken it', async () => {
    const stop = new AbortController()
    await using gateway = await startScriptedGateway(({ target }) => {
      if (!target.startsWith('streaming-')) return undefined
      stop.abort()
      return { kind: 'hang' }
    })
    await using ledger = await temporaryLedger()
    const reports: EmulatorProgress[] = []
    const options = aStreaming(gateway, ledger, { posts: 1, paths: pathNames })
    const hooks = { signal: stop.signal, onProgress: (progress: EmulatorProgress) => reports.push(progress) }
    await expect(postFrom(source, options, hooks, { finishTimeoutMs: 200 })).rejects.toMatchObject({
      code: 'LAB_INTERRUPTED',
      what: expect.stringContaining('0 of 1 posts') as string,
    })
    expect(reports.at(-1)).toMatchObject({ posts: 0, records: 3, recordsByPath: { batch: 3, stream: 0 } })
  })
})

describe('a fault of the stream path that passes', () => {
  const throttled = 'ProvisionedThroughputExceededException'
  test.each<{ what: string; fault: Fault; storedTwice?: boolean }>([
    { what: '500', fault: { kind: 'status', status: 500 } },
    { what: '429', fault: { kind: 'status', status: 429 } },
    {
      what: '504 of the gateway',
      fault: { kind: 'status', status: 504, body: '{"message":"Endpoint request timed out"}' },
    },
    { what: 'a throttled shard', fault: { kind: 'record-errors', codes: [throttled] } },
    { what: 'an internal failure', fault: { kind: 'record-errors', codes: ['InternalFailure'] } },
    { what: 'a connection closed before the record is stored', fault: { kind: 'drop' } },
    { what: 'a connection closed after the record is stored', fault: { kind: 'drop-after' }, storedTwice: true },
    { what: 'an answer that breaks off', fault: { kind: 'cut-answer' }, storedTwice: true },
  ])('$what, twice, costs two retries and no record', async ({ fault, storedTwice }) => {
    for (const batchRecords of [1, 2]) {
      await using gateway = await startScriptedGateway(({ attempt }) =>
        attempt === 2 || attempt === 3 ? fault : undefined,
      )
      await using ledger = await temporaryLedger()
      const options = aStreaming(gateway, ledger, { posts: 4, concurrency: 1, batchRecords })
      const reports: EmulatorProgress[] = []
      const hooks = { ...never, onProgress: (progress: EmulatorProgress) => reports.push(progress) }
      const summary = await postFrom(source, options, hooks, quick)
      expect(summary).toMatchObject({ posts: 4, records: 12, retries: 2 })
      expect(reports.at(-1)).toMatchObject({ retries: 2, retryReason: expect.stringMatching(/\w{3}/) as string })
      expect(recordsOf(await ledger.read())).toEqual(everyRecord(4))
      expect([...gateway.stored.values()].flat()).toHaveLength(12 + (storedTwice ? 2 * batchRecords : 0))
    }
  })

  test('a server that hangs is left after the attempt’s time', async () => {
    await using gateway = await startScriptedGateway(({ attempt }) => (attempt === 1 ? { kind: 'hang' } : undefined))
    await using ledger = await temporaryLedger()
    const options = aStreaming(gateway, ledger, { posts: 1, concurrency: 1 })
    const summary = await postFrom(source, options, never, { ...quick, attemptTimeoutMs: 300 })
    expect(summary).toMatchObject({ records: 3, retries: 1 })
  })

  test('of some records of a request sends those again, and those only', async () => {
    const codes = [undefined, throttled, undefined, 'InternalFailure', undefined]
    await using gateway = await startScriptedGateway(({ attempt }) =>
      attempt === 1 ? { kind: 'record-errors', codes } : undefined,
    )
    await using ledger = await temporaryLedger()
    await postFrom(source, aStreaming(gateway, ledger, { posts: 5, concurrency: 1, batchRecords: 5 }), never, quick)
    const [first, again] = gateway.requests
    expect(again?.values).toEqual([first?.values[1], first?.values[3]])
    expect(recordsOf(await ledger.read())).toEqual(everyRecord(5))
    expect([...gateway.stored.values()].flat()).toHaveLength(15)
  })
})

describe('a fault of the stream path that stays', () => {
  test.each<{ what: string; fault: Fault; batchRecords: number; why: string; hint: string }>([
    {
      what: 'an unknown stream',
      fault: { kind: 'status', status: 400, body: '{"__type":"ResourceNotFoundException","message":"Stream s"}' },
      batchRecords: 1,
      why: 'Stream s',
      hint: 'lab streams',
    },
    {
      what: 'a template that does not encode',
      fault: {
        kind: 'status',
        status: 400,
        body: '{"__type":"SerializationException"}',
        headers: { 'x-pinlab-template': 'application/json template, line 3: Data is JSON text' },
      },
      batchRecords: 1,
      why: 'line 3: Data is JSON text',
      hint: 'base64',
    },
    {
      what: 'an answer to fewer records',
      fault: { kind: 'wrong-count' },
      batchRecords: 2,
      why: 'not an answer of Kinesis to 2 records',
      hint: 'lab urls',
    },
    {
      what: 'one record that is refused',
      fault: { kind: 'record-errors', codes: [undefined, 'AccessDeniedException'] },
      batchRecords: 2,
      why: 'record error AccessDeniedException',
      hint: 'keys',
    },
  ])('$what ends the run at once and is quoted', async ({ fault, batchRecords, why, hint }) => {
    await using gateway = await startScriptedGateway(() => fault)
    await using ledger = await temporaryLedger()
    const options = aStreaming(gateway, ledger, { posts: 500, concurrency: 4, batchRecords })
    await expect(postFrom(source, options, never, quick)).rejects.toMatchObject({
      code: 'LAB_EMULATION_FAILED',
      what: expect.stringContaining(`stream ${streamName(userId, 'pin').slice(0, 9)}`) as string,
      why: expect.stringContaining(why) as string,
      fix: expect.stringContaining(hint) as string,
    })
    expect(gateway.requests.length).toBeLessThanOrEqual(8)
  })

  test('lets no later record of the same key pass, and the resumed run keeps the order', async () => {
    const { tables, rowIn } = repeatingTables(40, 5)
    let isRefusing = true
    await using gateway = await startScriptedGateway(({ values }) =>
      isRefusing && values.some((value) => rowIn(value) === 12) ? { kind: 'status', status: 403 } : undefined,
    )
    await using ledger = await temporaryLedger()
    const options = aStreaming(gateway, ledger, { posts: 40, order: 'sequential', concurrency: 8 })
    await expect(postFrom(tables, options, never, quick)).rejects.toMatchObject({ code: 'LAB_EMULATION_FAILED' })
    isRefusing = false
    await postFrom(tables, options, never, quick)
    expect(recordsOf(await ledger.read())).toEqual(everyRecord(40))
    expectOrder(gateway, rowIn, 5)
  })
})

/** Rows of each key by their first storage; a row's key is its remainder by `keys`. */
function expectOrder(gateway: ScriptedGateway, rowIn: (value: object) => number, keys: number): void {
  for (const entity of entityNames) {
    const rows = new Set((gateway.stored.get(streamName(userId, entity)) ?? []).map(rowIn))
    for (let key = 0; key < keys; key += 1) {
      const ofKey = [...rows].filter((row) => row % keys === key)
      expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b))
    }
  }
}

const throttled = 'ProvisionedThroughputExceededException'
const wholeFaults = [
  undefined,
  undefined,
  { kind: 'drop' },
  { kind: 'drop-after' },
  { kind: 'cut-answer' },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 400, body: `{"__type":"${throttled}"}` },
] as const satisfies (Fault | undefined)[]

describe('faults at any requests leave every record acknowledged once and the first copies of each key in order', () => {
  test.each<{ what: string; partitionKey: string; keys: number; faults: (Fault | undefined)[]; maxBatch: number }>([
    {
      what: 'with the key of the row',
      partitionKey: 'ind',
      keys: 5,
      faults: [...wholeFaults, { kind: 'record-errors', codes: [throttled, undefined, 'InternalFailure'] }],
      maxBatch: 7,
    },
    {
      what: 'with a constant key, one record a request',
      partitionKey: 'k',
      keys: 1,
      faults: [...wholeFaults, { kind: 'record-errors', codes: [throttled] }],
      maxBatch: 1,
    },
    {
      what: 'with a constant key, where a shard that is full stays so for the rest of a request',
      partitionKey: 'k',
      keys: 1,
      faults: [...wholeFaults, { kind: 'record-errors', codes: [undefined, ...Array<string>(7).fill(throttled)] }],
      maxBatch: 7,
    },
  ])('$what', { timeout: 60_000 }, async ({ partitionKey, keys, faults, maxBatch }) => {
    const { tables, rowIn } = repeatingTables(20, 5)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...faults), { maxLength: 60 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: maxBatch }),
        fc.boolean(),
        async (script, concurrency, batchRecords, isBoth) => {
          await using gateway = await startScriptedGateway(({ attempt, target }) => {
            const fault = script[attempt - 1]
            const isOfStreams = fault?.kind === 'record-errors' || fault?.kind === 'status'
            return isOfStreams && !target.startsWith('streaming-') ? undefined : fault
          })
          await using ledger = await temporaryLedger()
          const paths = isBoth ? pathNames : (['stream'] as const)
          const options = { posts: 20, order: 'sequential', concurrency, batchRecords, partitionKey } as const
          await postFrom(tables, aStreaming(gateway, ledger, { ...options, paths }), never, quick)
          const lines = await ledger.read()
          for (const path of paths) {
            const isOf = path === 'batch'
            expect(recordsOf(lines.filter((line) => isBatchAcknowledgement(line) === isOf))).toEqual(everyRecord(20))
          }
          expectOrder(gateway, rowIn, keys)
        },
      ),
      { numRuns: 20 },
    )
  })
})

test.each([
  { what: 'no path', options: { paths: [] } },
  { what: 'an empty partition key', options: { partitionKey: '' } },
  { what: 'a partition key of 257 characters', options: { partitionKey: 'k'.repeat(257) } },
])('$what is wrong usage', ({ options }) => {
  const parsing = (): unknown => aPosting({ invokeUrl: 'http://127.0.0.1:1/test', ledgerPath: 'x', ...options })
  expect(parsing).toThrow(expect.objectContaining({ code: 'LAB_USAGE' }))
})
