import { evenRanges, type HashKeyRange } from './hash-key.ts'

/** A shard as its stream's description keeps it. */
export interface Shard extends HashKeyRange {
  readonly index: number
  readonly parent: number | undefined
  readonly adjacentParent: number | undefined
  /** In its sequence numbers: above its parents', so it may be ahead of the clock. */
  readonly openedAtSec: number
  readonly openedAtMs: number
  readonly closedAtMs: number | undefined
}

/** A stream's shards in the order they were opened, and the index of the next. */
export interface Shards {
  readonly shards: readonly Shard[]
  readonly nextShardIndex: number
}

/** Those that take records, in the order of their hash keys. */
export const openShards = (shards: readonly Shard[]): Shard[] =>
  shards
    .filter(({ closedAtMs }) => closedAtMs === undefined)
    .sort((a, b) => (a.startingHashKey < b.startingHashKey ? -1 : 1))

/** The shards of a new stream. */
export function firstShards(count: number, nowMs: number): Shards {
  const shards = evenRanges(count).map((range, index) => ({
    ...range,
    index,
    parent: undefined,
    adjacentParent: undefined,
    openedAtSec: Math.floor(nowMs / 1_000),
    openedAtMs: nowMs,
    closedAtMs: undefined,
  }))
  return { shards, nextShardIndex: count }
}

/** @param startingHashKey of the upper child; inside the shard's range, above its start. */
export function split(stream: Shards, shard: Shard, startingHashKey: bigint, nowMs: number): Shards {
  return replace(stream, [shard], nowMs, [
    { startingHashKey: shard.startingHashKey, endingHashKey: startingHashKey - 1n },
    { startingHashKey, endingHashKey: shard.endingHashKey },
  ])
}

export const areAdjacent = (a: HashKeyRange, b: HashKeyRange): boolean =>
  a.endingHashKey + 1n === b.startingHashKey || b.endingHashKey + 1n === a.startingHashKey

/** @param shard becomes the child's parent, @param adjacent its adjacent parent; in either order of hash keys. */
export function merge(stream: Shards, shard: Shard, adjacent: Shard, nowMs: number): Shards {
  const [low, high] = shard.startingHashKey < adjacent.startingHashKey ? [shard, adjacent] : [adjacent, shard]
  const range = { startingHashKey: low.startingHashKey, endingHashKey: high.endingHashKey }
  return replace(stream, [shard, adjacent], nowMs, [range])
}

/**
 * Splits and merges until `count` shards of even width are open. Shards in between are opened and closed on the way, as AWS does it.
 * A border that is off an even one by no more than rounding counts as even, so that 3 shards become 6 by one split each.
 */
export function scaleUniformly(stream: Shards, count: number, nowMs: number): Shards {
  const borders = (shards: readonly HashKeyRange[]): bigint[] => shards.slice(1).map((shard) => shard.startingHashKey)
  const present = borders(openShards(stream.shards))
  const tolerance = BigInt(count)
  const wanted = borders(evenRanges(count)).map(
    (border) => present.find((key) => key >= border - tolerance && key <= border + tolerance) ?? border,
  )
  let scaled = stream
  for (const key of wanted.filter((border) => !present.includes(border))) {
    const shard = openShards(scaled.shards).findLast(({ startingHashKey }) => startingHashKey < key)
    if (shard !== undefined) scaled = split(scaled, shard, key, nowMs)
  }
  for (const key of present.filter((border) => !wanted.includes(border))) {
    const open = openShards(scaled.shards)
    const low = open.find(({ endingHashKey }) => endingHashKey + 1n === key)
    const high = open.find(({ startingHashKey }) => startingHashKey === key)
    if (low !== undefined && high !== undefined) scaled = merge(scaled, low, high, nowMs)
  }
  return scaled
}

/** Closes the parents and opens a child for each range. */
function replace(
  { shards, nextShardIndex }: Shards,
  parents: readonly Shard[],
  nowMs: number,
  ranges: HashKeyRange[],
): Shards {
  const openedAtSec = Math.max(Math.floor(nowMs / 1_000), ...parents.map((parent) => parent.openedAtSec)) + 1
  const closed = shards.map((shard) => (parents.includes(shard) ? { ...shard, closedAtMs: nowMs } : shard))
  const children = ranges.map((range, child) => ({
    ...range,
    index: nextShardIndex + child,
    parent: parents[0]?.index,
    adjacentParent: parents[1]?.index,
    openedAtSec,
    openedAtMs: nowMs,
    closedAtMs: undefined,
  }))
  return { shards: [...closed, ...children], nextShardIndex: nextShardIndex + ranges.length }
}
