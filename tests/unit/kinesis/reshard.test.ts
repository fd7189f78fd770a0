import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { evenRanges, hashKeySpace } from '../../../services/kinesis/streams/hash-key.ts'
import {
  firstShards,
  merge,
  openShards,
  scaleUniformly,
  split,
  type Shards,
} from '../../../services/kinesis/streams/reshard.ts'
import { closedIndex, sequenceNumbers } from '../../../services/kinesis/streams/sequence-number.ts'

const nowMs = 1_795_571_596_063

/** What holds of any stream's shards. */
function check({ shards, nextShardIndex }: Shards): void {
  const open = openShards(shards)
  expect(open[0]?.startingHashKey).toBe(0n)
  expect(open.at(-1)?.endingHashKey).toBe(hashKeySpace - 1n)
  open.slice(1).forEach((shard, at) => {
    expect(shard.startingHashKey).toBe(open[at]!.endingHashKey + 1n)
  })
  expect(new Set(shards.map(({ index }) => index)).size).toBe(shards.length)
  for (const shard of shards) {
    expect(shard.index).toBeLessThan(nextShardIndex)
    for (const parent of shards.filter(({ index }) => index === shard.parent || index === shard.adjacentParent)) {
      expect(parent.closedAtMs).toBeDefined()
      const firstOfChild = sequenceNumbers({ ...shard, shardIndex: shard.index })(0, nowMs)
      const lastOfParent = sequenceNumbers({ ...parent, shardIndex: parent.index })(closedIndex, nowMs + 1_000_000)
      expect(firstOfChild > lastOfParent).toBe(true)
    }
  }
}

const rangesOf = (stream: Shards) =>
  openShards(stream.shards).map(({ startingHashKey, endingHashKey }) => ({ startingHashKey, endingHashKey }))

describe('a stream of two shards', () => {
  const stream = firstShards(2, nowMs)
  const [low, high] = stream.shards

  it('split has the children of the one it closed', () => {
    const { shards, nextShardIndex } = split(stream, high!, high!.startingHashKey + 100n, nowMs)
    expect(nextShardIndex).toBe(4)
    expect(
      shards.map(({ index, parent, adjacentParent, closedAtMs }) => [index, parent, adjacentParent, closedAtMs]),
    ).toEqual([
      [0, undefined, undefined, undefined],
      [1, undefined, undefined, nowMs],
      [2, 1, undefined, undefined],
      [3, 1, undefined, undefined],
    ])
    expect(shards[2]!.endingHashKey).toBe(high!.startingHashKey + 99n)
    expect(shards[3]!.startingHashKey).toBe(high!.startingHashKey + 100n)
  })

  it.each([
    { order: 'rising', shard: low!, adjacent: high! },
    { order: 'falling', shard: high!, adjacent: low! },
  ])('merged, named in $order order, has one child over the whole range', ({ shard, adjacent }) => {
    const merged = merge(stream, shard, adjacent, nowMs)
    expect(openShards(merged.shards)).toMatchObject([
      {
        index: 2,
        parent: shard.index,
        adjacentParent: adjacent.index,
        startingHashKey: 0n,
        endingHashKey: hashKeySpace - 1n,
      },
    ])
  })
})

describe('uniform scaling', () => {
  it.each([
    { from: 1, to: 2, opened: 2 },
    { from: 3, to: 6, opened: 6 },
    { from: 7, to: 14, opened: 14 },
    { from: 4, to: 2, opened: 2 },
    { from: 6, to: 3, opened: 3 },
    { from: 5, to: 5, opened: 0 },
  ])('from $from to $to opens $opened shards, none in between', ({ from, to, opened }) => {
    const scaled = scaleUniformly(firstShards(from, nowMs), to, nowMs)
    check(scaled)
    expect(openShards(scaled.shards)).toHaveLength(to)
    expect(scaled.nextShardIndex - from).toBe(opened)
  })

  test('whatever was split and merged before, it ends in even widths', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(100), fc.nat(100)), { maxLength: 12 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), steps, fc.integer({ min: 1, max: 16 }), (count, changes, target) => {
        let stream = firstShards(count, nowMs)
        for (const [isSplit, which, where] of changes) {
          const open = openShards(stream.shards)
          const shard = open[which % open.length]!
          const adjacent = open[(which % open.length) + 1]
          const key = shard.startingHashKey + ((shard.endingHashKey - shard.startingHashKey) * BigInt(where + 1)) / 102n
          if (isSplit) stream = split(stream, shard, key, nowMs)
          else if (adjacent !== undefined) stream = merge(stream, shard, adjacent, nowMs)
          check(stream)
        }
        const scaled = scaleUniformly(stream, target, nowMs)
        check(scaled)
        rangesOf(scaled).forEach(({ startingHashKey }, at) => {
          const off = startingHashKey - evenRanges(target)[at]!.startingHashKey
          expect(off >= -BigInt(target) && off <= BigInt(target)).toBe(true)
        })
        expect(rangesOf(scaled)).toHaveLength(target)
      }),
    )
  })
})

it('plans thousands of shards without holding up the service', { timeout: 2_000 }, () => {
  const scaled = scaleUniformly(firstShards(1_000, nowMs), 1_999, nowMs)
  const widths = new Set(rangesOf(scaled).map(({ startingHashKey, endingHashKey }) => endingHashKey - startingHashKey))
  expect(rangesOf(scaled)).toHaveLength(1_999)
  expect(Math.max(...Array.from(widths, Number)) / Math.min(...Array.from(widths, Number))).toBeCloseTo(1, 9)
})
