import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type BatchAcknowledgement, type StreamAcknowledgement } from '../../../contract/index.ts'
import { cutTornLine, LineAppender, readLedger } from '../../../emulator/ledger.ts'
import { collect } from './fixtures.ts'

const acknowledgement = (over: Partial<BatchAcknowledgement> = {}): BatchAcknowledgement => ({
  run: 'a-run',
  emission: 0,
  ind: 7528,
  entity: 'pin',
  topic: 'a1b2c3d4e5f6.pin',
  partition: 1,
  offset: 41,
  ...over,
})
const streamed = (over: Partial<StreamAcknowledgement> = {}): StreamAcknowledgement => ({
  run: 'a-run',
  emission: 0,
  ind: 7528,
  entity: 'pin',
  stream: 'streaming-a1b2c3d4e5f6-pin',
  shard: 'shardId-000000000002',
  sequenceNumber: '49640000000000000000000000000000000000000000000000000041',
  ...over,
})
const line = (over: Partial<BatchAcknowledgement> = {}): string => `${JSON.stringify(acknowledgement(over))}\n`

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emulator-ledger-'))
  path = join(folder, 'deep', 'a1b2c3d4e5f6.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

const append = async (...lines: readonly object[]): Promise<void> => {
  await using appender = await LineAppender.open(path)
  await appender.append(lines)
}

describe('the ledger', () => {
  test('gives back what was appended, in order', async () => {
    const all = Array.from({ length: 5_000 }, (_, i) => {
      const emission = Math.floor(i / 2)
      return i % 2 === 0 ? acknowledgement({ emission }) : streamed({ emission })
    })
    await using appender = await LineAppender.open(path)
    await Promise.all(all.map((one) => appender.append([one])))
    expect(await collect(readLedger(path))).toEqual(all)
  })

  test('has a line on disk once its append is done', async () => {
    await using appender = await LineAppender.open(path)
    for (let emission = 0; emission < 20; emission += 1) {
      await appender.append([acknowledgement({ emission })])
      expect(await collect(readLedger(path))).toHaveLength(emission + 1)
    }
  })

  test('is empty when it is not there', async () => {
    expect(await collect(readLedger(path))).toEqual([])
  })

  test('can be read for one run alone', async () => {
    await append(...['a', 'b', 'ab', 'a'].map((run, emission) => acknowledgement({ run, emission })))
    const emissions = (await collect(readLedger(path, 'a'))).map(({ emission }) => emission)
    expect(emissions).toEqual([0, 3])
  })

  test('of several appenders keeps every line whole', async () => {
    await using one = await LineAppender.open(path)
    await using two = await LineAppender.open(path)
    const appends = Array.from({ length: 2_000 }, (_, emission) =>
      (emission % 2 === 0 ? one : two).append([acknowledgement({ emission })]),
    )
    await Promise.all(appends)
    const emissions = (await collect(readLedger(path))).map(({ emission }) => emission)
    expect(emissions.toSorted((a, b) => a - b)).toEqual([...Array(2_000).keys()])
  })

  test.each([
    { what: 'text', text: 'hello\n' },
    { what: 'JSON of something else', text: '{"ok":true}\n' },
    { what: 'an acknowledgement with a negative offset', text: line({ offset: -1 }) },
    { what: 'a sequence number that is none', text: `${JSON.stringify(streamed({ sequenceNumber: '4e3' }))}\n` },
    { what: 'an acknowledgement of both paths', text: `${JSON.stringify({ ...streamed(), ...acknowledgement() })}\n` },
    { what: 'a line without an end in sight', text: 'x'.repeat(3 << 20) },
  ])('refuses $what by its place', async ({ text }) => {
    await append(acknowledgement())
    await appendFile(path, text)
    const reading = collect(readLedger(path))
    await expect(reading).rejects.toMatchObject({ code: 'LAB_STATE_BROKEN' })
    await expect(reading).rejects.toThrow(path)
  })

  test('says that the disk is full, and takes nothing afterwards', async () => {
    path = '/dev/full'
    await using appender = await LineAppender.open(path)
    await expect(appender.append([acknowledgement()])).rejects.toMatchObject({ code: 'LAB_DISK_FULL' })
    await expect(appender.append([acknowledgement()])).rejects.toMatchObject({ code: 'LAB_DISK_FULL' })
  })
})

describe.each([
  { what: 'a topic', torn: line({ emission: 2 }) },
  { what: 'a stream', torn: `${JSON.stringify(streamed({ emission: 2 }))}\n` },
])('a line of $what torn at any byte', ({ torn }) => {
  test('counts as not written', async () => {
    await append(acknowledgement({ emission: 1 }))
    const whole = await readFile(path, 'utf8')
    for (let bytes = 0; bytes < torn.length; bytes += 1) {
      await writeFile(path, whole + torn.slice(0, bytes))
      const emissions = (await collect(readLedger(path))).map(({ emission }) => emission)
      expect(emissions, `${String(bytes)} bytes`).toEqual([1])
    }
  })

  test("does not take the next writer's lines with it", async () => {
    await append(acknowledgement({ emission: 1 }))
    const whole = await readFile(path, 'utf8')
    for (let bytes = 0; bytes < torn.length; bytes += 1) {
      await writeFile(path, whole + torn.slice(0, bytes))
      await append(acknowledgement({ emission: 3 }), acknowledgement({ emission: 4 }))
      const emissions = (await collect(readLedger(path))).map(({ emission }) => emission)
      expect(emissions, `${String(bytes)} bytes`).toEqual([1, 3, 4])
    }
  })

  test('is cut, and nothing else', async () => {
    await append()
    await fc.assert(
      fc.asyncProperty(fc.nat(9_000), fc.nat(torn.length - 1), async (lines, bytes) => {
        const whole = line().repeat(lines)
        await writeFile(path, whole + torn.slice(0, bytes))
        await cutTornLine(path)
        expect((await readFile(path, 'utf8')) === whole).toBe(true)
      }),
      {
        numRuns: 30,
        examples: [
          [0, 0],
          [0, 5],
          [9_000, 100],
        ],
      },
    )
  })

  test('longer than a block is cut too', async () => {
    await append(acknowledgement())
    const whole = await readFile(path, 'utf8')
    await appendFile(path, 'x'.repeat(1_000_000))
    await cutTornLine(path)
    expect(await readFile(path, 'utf8')).toBe(whole)
  })
})
