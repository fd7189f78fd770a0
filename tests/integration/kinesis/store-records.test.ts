import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { IteratorPosition, StoredRecord } from '../../../services/kinesis/streams/streams.ts'
import { aRecord, hourMs, TestStore, texts } from './store-harness.ts'

const shard0 = 'shardId-000000000000'

describe('an iterator', () => {
  it.each<{ type: IteratorPosition['type']; from: string[] }>([
    { type: 'TRIM_HORIZON', from: ['a', 'b', 'c', 'd', 'new'] },
    { type: 'LATEST', from: ['new'] },
    { type: 'AT_SEQUENCE_NUMBER', from: ['b', 'c', 'd', 'new'] },
    { type: 'AFTER_SEQUENCE_NUMBER', from: ['c', 'd', 'new'] },
    { type: 'AT_TIMESTAMP', from: ['c', 'd', 'new'] },
  ])('of $type begins where it should', async ({ type, from }) => {
    await using store = await TestStore.open()
    await store.streams.create('s', 1)
    const [, sequenceNumber = ''] = await store.put('s', 'a', 'b')
    store.nowMs += 10
    const atMs = store.nowMs
    await store.put('s', 'c', 'd')
    const iterator = store.streams.iterator('s', shard0, { type, sequenceNumber, atMs })
    store.nowMs += 10
    await store.put('s', 'new')
    expect(texts(await store.readOn(iterator))).toEqual(from)
    expect(texts(await store.readOn(iterator, 1))).toEqual(from)
  })

  it('at the starting number of its shard begins at its first record', async () => {
    await using store = await TestStore.open()
    await store.streams.create('s', 1)
    await store.put('s', 'a')
    const sequenceNumber = store.streams.describe('s').shards[0]!.startingSequenceNumber
    for (const type of ['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'] as const) {
      expect(texts(await store.readOn(store.streams.iterator('s', shard0, { type, sequenceNumber })))).toEqual(['a'])
    }
  })

  it('outlives a restart, and expires after five minutes', async () => {
    await using store = await TestStore.open()
    await store.streams.create('s', 1)
    await store.put('s', 'a')
    const iterator = store.streams.iterator('s', shard0, { type: 'TRIM_HORIZON' })
    store.nowMs += 300_000
    await store.reopen()
    expect(texts((await store.streams.read(iterator, 10)).records)).toEqual(['a'])
    store.nowMs += 1
    await expect(store.streams.read(iterator, 10)).rejects.toMatchObject({
      name: 'ExpiredIteratorException',
      message:
        'Iterator expired. The iterator was created at time Wed Nov 25 01:53:16 UTC 2026 while right now it is ' +
        'Wed Nov 25 01:58:16 UTC 2026 which is further in the future than the tolerated delay of 300000 milliseconds.',
    })
  })

  it('of a deleted stream does not read a new one of its name', async () => {
    await using store = await TestStore.open()
    await store.streams.create('s', 1)
    const iterator = store.streams.iterator('s', shard0, { type: 'TRIM_HORIZON' })
    await store.streams.delete('s')
    await store.streams.create('s', 1)
    await store.put('s', 'a')
    await expect(store.streams.read(iterator, 10)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Shard ${shard0} in stream s under account 000000000000 does not exist`,
    })
  })
})

describe('a read', () => {
  it('gives 10 MiB at most, counting partition keys, and says how far behind it is', async () => {
    await using store = await TestStore.open()
    await store.streams.create('s', 1)
    const data = Buffer.alloc(1_048_576 - 1)
    for (let at = 0; at < 12; at += 1) {
      await store.streams.put('s', [{ data, partitionKey: 'k', explicitHashKey: undefined }])
      store.nowMs += 1_000
    }
    const first = await store.streams.read(store.streams.iterator('s', shard0, { type: 'TRIM_HORIZON' }), 10_000)
    expect(first.records).toHaveLength(10)
    expect(first.millisBehindLatest).toBe(3_000)
    const rest = await store.streams.read(first.nextIterator!, 10_000)
    expect(rest.records).toHaveLength(2)
    expect(rest.millisBehindLatest).toBe(0)
    const none = await store.streams.read(rest.nextIterator!, 10_000)
    expect(none).toMatchObject({ records: [], millisBehindLatest: 0, childShards: [] })
    expect(none.nextIterator).toBeDefined()
  })

  it('gives a record of 10 MiB alone', async () => {
    await using store = await TestStore.open()
    await store.streams.create('s', 1)
    await store.streams.put('s', [{ ...aRecord('large'), data: Buffer.alloc(10_485_760) }, aRecord('small')])
    const records = await store.readShard('s', shard0)
    expect(records.map(({ data }) => data.length)).toEqual([10_485_760, 5])
  })

  it('gives 10,000 records at most, and as many as are asked for', async () => {
    await using store = await TestStore.open()
    await store.streams.create('s', 1)
    const all = Array.from({ length: 10_001 }, (_, at) => String(at))
    await store.put('s', ...all)
    const iterator = store.streams.iterator('s', shard0, { type: 'TRIM_HORIZON' })
    expect((await store.streams.read(iterator, 10_000)).records).toHaveLength(10_000)
    expect((await store.streams.read(iterator, 7)).records).toHaveLength(7)
    expect(texts(await store.readOn(iterator))).toEqual(all)
  })
})

test('whatever is put and when, over restarts, every position reads exactly what the records say', async () => {
  const action = fc.oneof(
    { weight: 6, arbitrary: fc.array(fc.nat(3_000), { minLength: 1, maxLength: 40 }) },
    { weight: 2, arbitrary: fc.integer({ min: -50, max: 100 }) },
    { weight: 1, arbitrary: fc.constant('reopen' as const) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 15 }), fc.nat(), async (actions, pick) => {
      await using store = await TestStore.open({ segmentBytes: 20_000 })
      await store.streams.create('s', 1)
      const put: (Pick<StoredRecord, 'sequenceNumber' | 'arrivedAtMs'> & { text: string })[] = []
      for (const step of actions) {
        if (step === 'reopen') await store.reopen()
        else if (typeof step === 'number') store.nowMs += step
        else {
          const made = step.map((size, at) => `${String(put.length + at)} ${'x'.repeat(size)}`)
          const arrivedAtMs = Math.max(store.nowMs, put.at(-1)?.arrivedAtMs ?? 0)
          const sequenceNumbers = await store.put('s', ...made)
          made.forEach((text, at) => put.push({ text, arrivedAtMs, sequenceNumber: sequenceNumbers[at]! }))
        }
      }
      const read = await store.readShard('s', shard0)
      expect(texts(read)).toEqual(put.map(({ text }) => text))
      expect(read.map(({ sequenceNumber }) => sequenceNumber)).toEqual(put.map(({ sequenceNumber }) => sequenceNumber))
      expect(read.map(({ arrivedAtMs }) => arrivedAtMs)).toEqual(put.map(({ arrivedAtMs }) => arrivedAtMs))
      put.slice(1).forEach(({ sequenceNumber }, at) => {
        expect(sequenceNumber > put[at]!.sequenceNumber).toBe(true)
      })
      const one = put[pick % (put.length || 1)]
      if (one === undefined) return
      const { sequenceNumber, arrivedAtMs: atMs } = one
      const from = async (position: IteratorPosition): Promise<string[]> =>
        texts(await store.readOn(store.streams.iterator('s', shard0, position), 13))
      const all = put.map(({ text }) => text)
      expect(await from({ type: 'AT_SEQUENCE_NUMBER', sequenceNumber })).toEqual(all.slice(put.indexOf(one)))
      expect(await from({ type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber })).toEqual(all.slice(put.indexOf(one) + 1))
      expect(await from({ type: 'AT_TIMESTAMP', atMs })).toEqual(
        all.slice(put.findIndex(({ arrivedAtMs }) => arrivedAtMs >= atMs)),
      )
    }),
    { numRuns: 40 },
  )
})

describe('retention', () => {
  const filesOf = async (store: TestStore): Promise<string[]> => {
    const [stream = ''] = await readdir(join(store.dataDir, 'streams'))
    return await readdir(join(store.dataDir, 'streams', stream, shard0))
  }

  it('hides records from the millisecond they expire, and deletes their files', async () => {
    await using store = await TestStore.open({ segmentBytes: 1_000 })
    await store.streams.create('s', 1)
    for (let at = 0; at < 50; at += 1) await store.put('s', `old ${String(at)} ${'x'.repeat(100)}`)
    const before = await filesOf(store)
    store.nowMs += 1
    await store.put('s', 'young')
    store.nowMs += 24 * hourMs - 1
    expect(await store.readShard('s', shard0)).toHaveLength(51)
    store.nowMs += 1
    expect(texts(await store.readShard('s', shard0))).toEqual(['young'])
    await store.reopen()
    expect(texts(await store.readShard('s', shard0))).toEqual(['young'])
    const kept = await filesOf(store)
    expect(kept.length).toBeLessThan(5)
    expect(before.length).toBeGreaterThan(10)
  })

  it('goes on with higher sequence numbers when everything has expired, over a restart', async () => {
    await using store = await TestStore.open()
    await store.streams.create('s', 1)
    const [first = ''] = await store.put('s', 'a', 'b')
    store.nowMs += 25 * hourMs
    await store.reopen()
    expect(await filesOf(store)).toEqual(['0000000000000003.log'])
    await store.reopen()
    expect(await store.readShard('s', shard0)).toEqual([])
    const [next = ''] = await store.put('s', 'c')
    expect(next > first).toBe(true)
    const after = { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: first } as const
    expect(texts(await store.readOn(store.streams.iterator('s', shard0, after)))).toEqual(['c'])
  })

  it('is what the stream says', async () => {
    await using store = await TestStore.open()
    await store.streams.create('s', 1)
    await store.streams.setRetention('s', 48, 'increase')
    await store.put('s', 'a')
    store.nowMs += 47 * hourMs
    await store.reopen()
    expect(await store.readShard('s', shard0)).toHaveLength(1)
    await store.streams.setRetention('s', 24, 'decrease')
    expect(await store.readShard('s', shard0)).toHaveLength(0)
  })

  it('drops a closed shard once its records have expired, and never gives its id again', async () => {
    await using store = await TestStore.open()
    await store.streams.create('s', 1)
    await store.put('s', 'a')
    await store.streams.split('s', shard0, 1_000n)
    store.nowMs += 25 * hourMs
    await store.reopen()
    const ids = () => store.streams.describe('s').shards.map(({ shardId }) => shardId)
    expect(ids()).toEqual(['shardId-000000000001', 'shardId-000000000002'])
    await store.streams.merge('s', 'shardId-000000000001', 'shardId-000000000002')
    expect(ids().at(-1)).toBe('shardId-000000000003')
    expect(await readdir(join(store.dataDir, 'streams', 's@1795571596063'))).toEqual(['stream.json'])
  })
})

describe('the shard limits', () => {
  it('refuse records over them, each by itself, and reads over theirs', async () => {
    await using store = await TestStore.open({ enforceShardLimits: true })
    await store.streams.create('s', 2)
    const to = (text: string, shard: number) =>
      aRecord(text, store.streams.describe('s').shards[shard]!.startingHashKey)
    const outcomes = await store.streams.put('s', [
      ...Array.from({ length: 1_001 }, (_, at) => to(String(at), 0)),
      to('other', 1),
    ])
    expect(outcomes.filter((outcome) => 'error' in outcome)).toEqual([
      {
        error: 'ProvisionedThroughputExceededException',
        message: `Rate exceeded for shard ${shard0} in stream s under account 000000000000.`,
        shardId: shard0,
      },
    ])
    expect(outcomes.at(-1)).toMatchObject({ shardId: 'shardId-000000000001' })
    const read = () => store.streams.read(store.streams.iterator('s', shard0, { type: 'TRIM_HORIZON' }), 1)
    for (let call = 0; call < 5; call += 1) expect((await read()).records).toHaveLength(1)
    await expect(read()).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
      message: `Rate exceeded for shard ${shard0} in stream s under account 000000000000.`,
    })
    store.nowMs += 200
    expect((await read()).records).toHaveLength(1)
  })

  it('are not enforced unless that is asked for', async () => {
    await using store = await TestStore.open()
    await store.streams.create('s', 1)
    const outcomes = await store.streams.put(
      's',
      Array.from({ length: 3_000 }, (_, at) => aRecord(String(at))),
    )
    expect(outcomes.filter((outcome) => 'error' in outcome)).toEqual([])
  })
})
