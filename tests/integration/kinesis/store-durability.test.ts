import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, test } from 'vitest'
import { LabError } from '../../../contract/errors.ts'
import { aRecord, TestStore, texts } from './store-harness.ts'

const shard0 = 'shardId-000000000000'
const writer = join(import.meta.dirname, 'store-writer.ts')

async function folder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'pinlab-streams-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

interface Acknowledged {
  readonly number: number
  readonly sequenceNumber: string
  readonly partitionKey: string
}

/** Lets the writer put for a while, kills it, and gives what it said was acknowledged, in the order it said so. */
async function writeAndKill(dataDir: string, first: number, fsync: string, afterMs: number): Promise<Acknowledged[]> {
  const outputPath = join(dataDir, 'acknowledged')
  await using output = await open(outputPath, 'w')
  const child = spawn(process.execPath, [writer, dataDir, String(first), fsync], {
    stdio: ['ignore', output.fd, 'inherit'],
  })
  const closed = once(child, 'close') as Promise<[number | null, string | null]>
  await expect.poll(() => readFile(outputPath, 'utf8'), { timeout: 10_000 }).toContain('ready')
  await delay(afterMs)
  child.kill('SIGKILL')
  const [, signal] = await closed
  expect(signal).toBe('SIGKILL')
  const lines = (await readFile(outputPath, 'utf8')).split('\n').slice(1, -1)
  return lines.map((line) => {
    const [number, sequenceNumber = '', partitionKey = ''] = line.split(' ')
    return { number: Number(number), sequenceNumber, partitionKey }
  })
}

test.each(['never', 'always'])(
  'killed in mid-append again and again with fsync %s, nothing acknowledged is missing or doubled',
  async (fsync) => {
    await using data = await folder()
    const acknowledged: Acknowledged[] = []
    for (let round = 0; round < 8; round += 1) {
      acknowledged.push(...(await writeAndKill(data.path, 1_000_000 * round, fsync, 40 + 29 * (round % 7))))
      await using store = await TestStore.open({ dataDir: data.path })
      const stored = new Map<string, string>()
      for (const { shardId } of store.streams.describe('s').shards) {
        let last = ''
        for (const { sequenceNumber, partitionKey, data: bytes } of await store.readShard('s', shardId)) {
          expect(sequenceNumber > last).toBe(true)
          last = sequenceNumber
          const [number = ''] = Buffer.from(bytes).toString().split(' ')
          stored.set(sequenceNumber, `${number} ${partitionKey}`)
        }
      }
      expect(new Set(stored.values()).size).toBe(stored.size)
      for (const { number, sequenceNumber, partitionKey } of acknowledged) {
        expect(stored.get(sequenceNumber)).toBe(`${String(number)} ${partitionKey}`)
      }
      const lastOfKey = new Map<string, number>()
      for (const [, text] of [...stored].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const [number = '', partitionKey = ''] = text.split(' ')
        expect(Number(number)).toBeGreaterThan(lastOfKey.get(partitionKey) ?? -1)
        lastOfKey.set(partitionKey, Number(number))
      }
    }
    expect(acknowledged.length).toBeGreaterThan(1_000)
  },
  120_000,
)

/** Files of the stream `s`. */
async function shardFolder(dataDir: string): Promise<string> {
  const [stream = ''] = await readdir(join(dataDir, 'streams'))
  return join(dataDir, 'streams', stream, shard0)
}

/** A stored stream of one shard with these records, not open. */
async function stored(dataDir: string, records: readonly string[], segmentBytes = 1_000_000): Promise<string> {
  await using store = await TestStore.open({ dataDir, segmentBytes })
  await store.streams.create('s', 1)
  for (const record of records) await store.put('s', record)
  return await shardFolder(dataDir)
}

it('cuts off a last record torn at any byte, says so, and goes on', async () => {
  await using whole = await folder()
  await using copies = await folder()
  const files = await stored(whole.path, ['first', 'second'])
  await (async () => {
    await using store = await TestStore.open({ dataDir: whole.path })
    await store.put('s', 'third')
  })()
  const log = join(files, '0000000000000001.log')
  const { size } = await stat(log)
  const thirdAt = (await readFile(log)).lastIndexOf('PLR1')
  for (let cut = thirdAt; cut < size; cut += 1) {
    const dataDir = join(copies.path, String(cut))
    await cp(whole.path, dataDir, { recursive: true })
    await truncate(join(await shardFolder(dataDir), '0000000000000001.log'), cut)
    await using store = await TestStore.open({ dataDir })
    expect(texts(await store.readAll('s'))).toEqual(['first', 'second'])
    const cuts = store.logged.filter(({ msg }) => msg === 'cut off what an interrupted write left')
    expect(cuts.map(({ tornBytes }) => tornBytes)).toEqual(cut === thirdAt ? [] : [cut - thirdAt])
    await store.put('s', 'again')
    await store.reopen()
    expect(texts(await store.readAll('s'))).toEqual(['first', 'second', 'again'])
  }
})

describe('damage', () => {
  const opening = async (dataDir: string): Promise<unknown> => {
    try {
      await using store = await TestStore.open({ dataDir })
      return texts(await store.readAll('s'))
    } catch (error) {
      if (!(error instanceof LabError)) throw error
      return { code: error.code, what: error.what, why: error.why }
    }
  }
  const records = Array.from({ length: 20 }, (_, at) => `record ${String(at)} ${'x'.repeat(50)}`)
  const logs = async (files: string): Promise<string[]> =>
    (await readdir(files)).filter((name) => name.endsWith('.log')).sort()

  it('before the end of the last segment stops the start, with the file and the byte', async () => {
    await using data = await folder()
    const log = join(await stored(data.path, records), '0000000000000001.log')
    const content = await readFile(log)
    content[300] = content[300]! ^ 1
    await writeFile(log, content)
    expect(await opening(data.path)).toEqual({
      code: 'LAB_STATE_BROKEN',
      what: `The stored stream records in ${log} are damaged`,
      why: expect.stringMatching(/^no whole record begins at byte \d+, and stored records follow$/) as string,
    })
  })

  it('of a finished segment that is shorter stops the start', async () => {
    await using data = await folder()
    const files = await stored(data.path, records, 500)
    const [first = ''] = await logs(files)
    const { size } = await stat(join(files, first))
    await truncate(join(files, first), size - 1)
    expect(await opening(data.path)).toMatchObject({
      code: 'LAB_STATE_BROKEN',
      why: `it has ${String(size - 1)} bytes and had ${String(size)} when it was finished`,
    })
  })

  it('within a finished segment fails the read of that record, in the log by name, and no other', async () => {
    await using data = await folder()
    const files = await stored(data.path, records, 500)
    const [, second = ''] = await logs(files)
    const content = await readFile(join(files, second))
    content[100] = content[100]! ^ 1
    await writeFile(join(files, second), content)
    await using store = await TestStore.open({ dataDir: data.path })
    const iterator = store.streams.iterator('s', shard0, { type: 'TRIM_HORIZON' })
    const first = await store.streams.read(iterator, 4)
    expect(first.records).toHaveLength(4)
    await expect(store.streams.read(iterator, 20)).rejects.toMatchObject({ name: 'InternalFailure' })
    expect(store.logged.at(-1)).toMatchObject({
      msg: 'a request failed',
      err: { message: expect.stringContaining(second) as string },
    })
  })

  it.each(['missing', 'cut', 'changed'])('of an index, %s, is mended', async (how) => {
    await using data = await folder()
    const files = await stored(data.path, records, 500)
    const indexes = (await readdir(files)).filter((name) => name.endsWith('.index'))
    expect(indexes.length).toBeGreaterThan(3)
    for (const name of indexes) {
      const path = join(files, name)
      const content = await readFile(path)
      if (how === 'missing') await rm(path)
      if (how === 'cut') await truncate(path, content.length - 1)
      if (how === 'changed') await writeFile(path, content.fill(7, 20, 30))
    }
    expect(await opening(data.path)).toEqual(records)
    expect((await readdir(files)).filter((name) => name.endsWith('.index'))).toEqual(indexes)
  })

  it.each([
    { what: 'not JSON', content: '{' },
    { what: 'another JSON', content: '{"format":2}' },
  ])('of a description, $what, stops the start', async ({ content }) => {
    await using data = await folder()
    const path = join(await stored(data.path, records), '..', 'stream.json')
    await writeFile(path, content)
    expect(await opening(data.path)).toMatchObject({
      code: 'LAB_STATE_BROKEN',
      what: `The description of a stream in ${path} cannot be read`,
    })
  })

  it('of the iterators’ key stops the start', async () => {
    await using data = await folder()
    await stored(data.path, records)
    await writeFile(join(data.path, 'iterator.key'), 'short')
    expect(await opening(data.path)).toMatchObject({ code: 'LAB_STATE_BROKEN', why: 'it has 5 bytes instead of 32' })
  })
})

describe('a change that was interrupted', () => {
  it('of a stream being created or deleted leaves nothing', async () => {
    await using data = await folder()
    await stored(data.path, ['a'])
    const streams = join(data.path, 'streams')
    const [name = ''] = await readdir(streams)
    await cp(join(streams, name), join(streams, `${name}.deleted`), { recursive: true })
    await cp(join(streams, name), join(streams, 'new@1'), { recursive: true })
    await rm(join(streams, 'new@1', 'stream.json'))
    await using store = await TestStore.open({ dataDir: data.path })
    expect(await readdir(streams)).toEqual([name])
    expect(texts(await store.readAll('s'))).toEqual(['a'])
  })

  it('while the clock went back keeps sequence numbers and arrival rising', async () => {
    await using store = await TestStore.open()
    await store.streams.create('s', 1)
    await store.put('s', 'a')
    store.nowMs -= 3_600_000
    await store.reopen()
    store.nowMs -= 3_600_000
    await store.put('s', 'b')
    await store.streams.split('s', shard0, 1_000n)
    await store.streams.put('s', [aRecord('c', 0n)])
    const read = await store.readAll('s')
    expect(texts(read)).toEqual(['a', 'b', 'c'])
    expect(read.map(({ sequenceNumber }) => sequenceNumber)).toEqual(
      read.map(({ sequenceNumber }) => sequenceNumber).sort(),
    )
    expect(read[1]!.arrivedAtMs).toBe(read[0]!.arrivedAtMs)
  })
})
