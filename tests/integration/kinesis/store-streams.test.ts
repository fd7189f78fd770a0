import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hashKeySpace } from '../../../services/kinesis/streams/hash-key.ts'
import type { RecordsPage, StoredRecord, Streams } from '../../../services/kinesis/streams/streams.ts'
import { aRecord, TestStore, texts } from './store-harness.ts'

const id = (index: number): string => `shardId-${String(index).padStart(12, '0')}`

describe('what AWS refuses is refused in its words', () => {
  const sequenceNumber = '49546986683135544286507457936321625675700192471156785154'
  const account = 'under account 000000000000'
  it.each<{ what: string; ask: (streams: Streams) => unknown; name: string; message: string }>([
    {
      what: 'an unknown stream',
      ask: (streams) => streams.put('none', [aRecord('a')]),
      name: 'ResourceNotFoundException',
      message: `Stream none ${account} not found.`,
    },
    {
      what: 'a stream that is there',
      ask: (streams) => streams.create('s', 1),
      name: 'ResourceInUseException',
      message: `Stream s ${account} already exists.`,
    },
    {
      what: "an unknown stream's iterator",
      ask: (streams) => streams.iterator('none', id(0), { type: 'LATEST' }),
      name: 'ResourceNotFoundException',
      message: `Shard ${id(0)} in stream none ${account} does not exist`,
    },
    {
      what: "an unknown shard's iterator",
      ask: (streams) => streams.iterator('s', id(9), { type: 'LATEST' }),
      name: 'ResourceNotFoundException',
      message: `Shard ${id(9)} in stream s ${account} does not exist`,
    },
    {
      what: 'a shard id that is none',
      ask: (streams) => streams.iterator('s', 'shardId-x', { type: 'LATEST' }),
      name: 'ResourceNotFoundException',
      message: `Could not find shard shardId-x in stream s ${account}.`,
    },
    {
      what: 'a sequence number that is none',
      ask: (streams) => streams.iterator('s', id(0), { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: '5' }),
      name: 'InvalidArgumentException',
      message: `StartingSequenceNumber 5 used in GetShardIterator on shard ${id(0)} in stream s ${account} is invalid.`,
    },
    {
      what: "another shard's sequence number",
      ask: (streams) => streams.iterator('s', id(1), { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber }),
      name: 'InvalidArgumentException',
      message: `Invalid StartingSequenceNumber. It encodes ${id(0)}, while it was used in a call to a shard with ${id(1)}`,
    },
    {
      what: "another stream's sequence number",
      ask: (streams) => streams.iterator('s', id(0), { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber }),
      name: 'InvalidArgumentException',
      message:
        `StartingSequenceNumber ${sequenceNumber} used in GetShardIterator on shard ${id(0)} in stream s ${account} ` +
        'is invalid because it did not come from this stream.',
    },
    {
      what: 'a text that is no iterator',
      ask: (streams) => streams.read('AAAA', 1),
      name: 'InvalidArgumentException',
      message: 'Invalid ShardIterator.',
    },
    {
      what: 'a split at the start of the shard',
      ask: (streams) => streams.split('s', id(0), 1n),
      name: 'InvalidArgumentException',
      message:
        `NewStartingHashKey 1 used in SplitShard() on shard ${id(0)} in stream s ${account} is not both greater than ` +
        "one plus the shard's StartingHashKey 0 and less than the shard's EndingHashKey 113427455640312821154458202477256070484.",
    },
    {
      what: 'a split of an unknown shard',
      ask: (streams) => streams.split('s', id(9), 100n),
      name: 'ResourceNotFoundException',
      message: `Could not find shard ${id(9)} in stream s ${account}.`,
    },
    {
      what: 'a merge of shards that are not adjacent',
      ask: (streams) => streams.merge('s', id(0), id(2)),
      name: 'InvalidArgumentException',
      message: `Shards ${id(0)} and ${id(2)} in stream s ${account} are not an adjacent pair of shards eligible for merging`,
    },
    {
      what: 'more than double the shards',
      ask: (streams) => streams.setShardCount('s', 7),
      name: 'LimitExceededException',
      message:
        'UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 3, Target shard count: 7',
    },
    {
      what: 'less than half the shards',
      ask: (streams) => streams.setShardCount('s', 1),
      name: 'LimitExceededException',
      message:
        'UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: 3, Target shard count: 1',
    },
    {
      what: 'less than a day of retention',
      ask: (streams) => streams.setRetention('s', 23, 'decrease'),
      name: 'InvalidArgumentException',
      message: 'Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.',
    },
    {
      what: 'a decrease to more',
      ask: (streams) => streams.setRetention('s', 25, 'decrease'),
      name: 'InvalidArgumentException',
      message:
        'Requested retention period (25 hours) for stream s can not be longer than existing retention period (24 hours). Use IncreaseRetentionPeriod API.',
    },
    {
      what: '51 tags',
      ask: (streams) =>
        streams.tag('s', Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${String(at)}`, '']))),
      name: 'InvalidArgumentException',
      message: `Failed to add tags to stream s ${account} because a given stream cannot have more than 50 tags associated with it.`,
    },
  ])('$what', async ({ ask, name, message }) => {
    await using store = await TestStore.open()
    await store.streams.create('s', 3)
    await expect(
      new Promise((resolve) => {
        resolve(ask(store.streams))
      }),
    ).rejects.toMatchObject({ name, message })
    expect(store.streams.describe('s')).toMatchObject({ status: 'ACTIVE', retentionHours: 24, tags: {} })
  })

  it('a shard that was split', async () => {
    await using store = await TestStore.open()
    await store.streams.create('s', 1)
    await store.streams.split('s', id(0), 100n)
    await expect(store.streams.split('s', id(0), 50n)).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: `Shard ${id(0)} in stream s under account 000000000000 has already been merged or split, and thus is not eligible for merging or splitting.`,
    })
  })
})

describe('a stream', () => {
  it('is there after a restart as it was', async () => {
    await using store = await TestStore.open()
    await store.streams.create('b', 3, { team: 'x', stage: 'lab' })
    await store.streams.create('a', 1)
    await store.streams.setRetention('b', 8_760, 'increase')
    await store.streams.untag('b', ['team'])
    await store.streams.setShardCount('b', 5)
    const before = store.streams.list()
    expect(before.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(before[1]).toMatchObject({ retentionHours: 8_760, tags: { stage: 'lab' } })
    await store.reopen()
    expect(store.streams.list()).toEqual(before)
  })

  it('may have any name of the pattern, and names that differ by case are two', async () => {
    await using store = await TestStore.open()
    const names = ['.', '..', 'S', 's', `x${'-'.repeat(127)}`]
    for (const name of names) {
      await store.streams.create(name, 1)
      await store.put(name, `of ${name}`)
    }
    await store.reopen()
    for (const name of names) expect(texts(await store.readAll(name))).toEqual([`of ${name}`])
  })

  it('deleted has no files left, and a new one of its name has none of its records', async () => {
    await using store = await TestStore.open()
    await store.streams.create('s', 2)
    const [sequenceNumber = ''] = await store.put('s', 'a', 'b', 'c')
    await store.streams.delete('s')
    expect(await readdir(join(store.dataDir, 'streams'))).toEqual([])
    expect(store.streams.list()).toEqual([])
    await store.streams.create('s', 2)
    expect(await store.readAll('s')).toEqual([])
    for (const shardId of [id(0), id(1)]) {
      const position = { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber } as const
      expect(() => store.streams.iterator('s', shardId, position)).toThrow(
        /Invalid StartingSequenceNumber|did not come/,
      )
    }
  })

  it('shows its states for as long as the options say', async () => {
    await using store = await TestStore.open({ transitionMs: 50 })
    const status = () => store.streams.list()[0]?.status
    await store.streams.create('s', 1)
    expect(status()).toBe('CREATING')
    await expect(store.streams.put('s', [aRecord('a')])).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await expect(store.streams.setShardCount('s', 2)).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: 'Stream s under account 000000000000 not ACTIVE, instead in state CREATING',
    })
    await expect.poll(status).toBe('ACTIVE')
    await store.streams.setShardCount('s', 2)
    expect(status()).toBe('UPDATING')
    await store.put('s', 'a')
    await expect(store.streams.split('s', id(1), 100n)).rejects.toMatchObject({ name: 'ResourceInUseException' })
    await expect.poll(status).toBe('ACTIVE')
    await store.streams.delete('s')
    expect(status()).toBe('DELETING')
    await expect.poll(status).toBeUndefined()
    expect(await readdir(join(store.dataDir, 'streams'))).toEqual([])
  })
})

describe('resharding', () => {
  it('leads a reader from a closed shard to its children, whose sequence numbers are above', async () => {
    await using store = await TestStore.open()
    await store.streams.create('s', 1)
    const before = await store.put('s', 'a', 'b')
    const iterator = store.streams.iterator('s', id(0), { type: 'TRIM_HORIZON' })
    await store.streams.split('s', id(0), hashKeySpace / 2n)
    const after = await store.put('s', 'c', 'd', 'e', 'f', 'g')
    const first = await store.streams.read(iterator, 1)
    expect(first.childShards).toEqual([])
    const last = await store.streams.read(first.nextIterator!, 1)
    expect(texts(last.records)).toEqual(['b'])
    expect(last.nextIterator).toBeUndefined()
    expect(last.childShards.map(({ shardId }) => shardId)).toEqual([id(1), id(2)])
    expect(texts([...(await store.readShard('s', id(1))), ...(await store.readShard('s', id(2)))]).sort()).toEqual([
      'c',
      'd',
      'e',
      'f',
      'g',
    ])
    expect([...after].sort()[0]! > before[1]!).toBe(true)
    const { endingSequenceNumber = '' } = store.streams.describe('s').shards[0]!
    expect(endingSequenceNumber > before[1]! && endingSequenceNumber < [...after].sort()[0]!).toBe(true)
  })

  it('ends readers at the tip of the closed shard too', async () => {
    await using store = await TestStore.open()
    await store.streams.create('s', 2)
    const iterator = store.streams.iterator('s', id(0), { type: 'LATEST' })
    const { nextIterator = '' } = await store.streams.read(iterator, 1)
    await store.streams.merge('s', id(1), id(0))
    const { childShards, ...page } = await store.streams.read(nextIterator, 1)
    expect(page).toMatchObject({ records: [], nextIterator: undefined, millisBehindLatest: 0 })
    expect(childShards).toMatchObject([{ shardId: id(2), parentShardId: id(1), adjacentParentShardId: id(0) }])
  })

  it.each(['never', 'always'] as const)(
    'under puts with fsync %s keeps every record once and each key in order, for a reader that follows the shards too',
    async (fsync) => {
      await using store = await TestStore.open({ segmentBytes: 5_000, fsync })
      await store.streams.create('s', 2)
      const keys = ['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7']
      let isOver = false as boolean
      let isAllPut = false as boolean
      const producers = keys.map(async (partitionKey) => {
        let count = 0
        for (; !isOver; count += 1) {
          const data = Buffer.from(`${partitionKey} ${String(count)}`)
          const [outcome] = await store.streams.put('s', [{ data, partitionKey, explicitHashKey: undefined }])
          expect(outcome).toHaveProperty('sequenceNumber')
          if (count % 10 === 0) await new Promise(setImmediate)
        }
        return count
      })
      const seen: StoredRecord[] = []
      const begun = new Set<string>()
      /** Reads a shard to its end, then the children that nobody has begun with. */
      const follow = async (shardId: string): Promise<void> => {
        let next: string | undefined = store.streams.iterator('s', shardId, { type: 'TRIM_HORIZON' })
        while (next !== undefined) {
          const wasAllPut = isAllPut
          const page: RecordsPage = await store.streams.read(next, 50)
          seen.push(...page.records)
          next = wasAllPut && page.records.length === 0 ? undefined : page.nextIterator
          await new Promise(setImmediate)
          const children = page.childShards.filter((child) => !begun.has(child.shardId))
          for (const child of children) begun.add(child.shardId)
          await Promise.all(children.map((child) => follow(child.shardId)))
        }
      }
      const consumers = Promise.all([id(0), id(1)].map(follow))
      for (const target of [4, 3, 6, 5, 3, 2, 1, 2, 3, 2]) {
        store.nowMs += 5
        await store.streams.setShardCount('s', target)
        await new Promise((resolve) => setTimeout(resolve, 15))
      }
      isOver = true
      const total = await Promise.all(producers)
      isAllPut = true
      await consumers
      await store.reopen()
      const bySequenceNumber = (a: StoredRecord, b: StoredRecord): number =>
        a.sequenceNumber < b.sequenceNumber ? -1 : 1
      const read = (await store.readAll('s')).toSorted(bySequenceNumber)
      expect(new Set(read.map(({ sequenceNumber }) => sequenceNumber)).size).toBe(read.length)
      keys.forEach((key, at) => {
        const wanted = Array.from({ length: total[at]! }, (_, count) => `${key} ${String(count)}`)
        expect(wanted.length).toBeGreaterThan(3)
        expect(texts(read.filter(({ partitionKey }) => partitionKey === key))).toEqual(wanted)
      })
      expect(texts(seen.toSorted(bySequenceNumber))).toEqual(texts(read))
    },
  )
})
