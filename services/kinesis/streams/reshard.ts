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
  const replacements = new Replacements(stream, nowMs)
  replacements.split(shard, startingHashKey)
  return replacements.result
}

export const areAdjacent = (a: HashKeyRange, b: HashKeyRange): boolean =>
  a.endingHashKey + 1n === b.startingHashKey || b.endingHashKey + 1n === a.startingHashKey

/** @param shard becomes the child's parent, @param adjacent its adjacent parent; in either order of hash keys. */
export function merge(stream: Shards, shard: Shard, adjacent: Shard, nowMs: number): Shards {
  const [low, high] = shard.startingHashKey < adjacent.startingHashKey ? [shard, adjacent] : [adjacent, shard]
  const replacements = new Replacements(stream, nowMs)
  replacements.merge(low, high, [shard, adjacent])
  return replacements.result
}

/**
 * Splits and merges until `count` shards of even width are open. Shards in between are opened and closed on the way, as AWS does it.
 * A border that is off an even one by no more than rounding counts as even, so that 3 shards become 6 by one split each.
 */
export function scaleUniformly(stream: Shards, count: number, nowMs: number): Shards {
  const open = openShards(stream.shards)
  const wanted = nearestBorders(bordersOf(evenRanges(count)), bordersOf(open), BigInt(count))
  const replacements = new Replacements(stream, nowMs)
  const parts = splitAt(open, wanted, replacements)
  mergeBeside(parts, new Set(wanted), replacements)
  return replacements.result
}

const bordersOf = (shards: readonly HashKeyRange[]): bigint[] => shards.slice(1).map((shard) => shard.startingHashKey)

/** Each of the rising `borders`, or the first of the rising `present` ones that is off by no more than `tolerance`. */
function nearestBorders(borders: readonly bigint[], present: readonly bigint[], tolerance: bigint): bigint[] {
  let at = 0
  return borders.map((border) => {
    while ((present[at] ?? border) < border - tolerance) at += 1
    const nearest = present[at]
    return nearest !== undefined && nearest <= border + tolerance ? nearest : border
  })
}

/** @param open in the order of their hash keys, as are `keys` and what is returned */
function splitAt(open: readonly Shard[], keys: readonly bigint[], replacements: Replacements): Shard[] {
  let at = 0
  return open.flatMap((shard) => {
    const parts = [shard]
    for (let key = keys[at]; key !== undefined && key <= shard.endingHashKey; key = keys[(at += 1)]) {
      const last = parts.at(-1)
      if (last !== undefined && key > last.startingHashKey) parts.splice(-1, 1, ...replacements.split(last, key))
    }
    return parts
  })
}

/** Merges each shard that does not begin at a border with the one before it. */
function mergeBeside(open: readonly Shard[], borders: ReadonlySet<bigint>, replacements: Replacements): void {
  let low: Shard | undefined
  for (const shard of open) {
    low = low === undefined || borders.has(shard.startingHashKey) ? shard : replacements.merge(low, shard)
  }
}

/** A stream's shards while some are replaced, each at a cost that does not depend on how many there are. */
class Replacements {
  readonly #nowMs: number
  readonly #shards: Shard[]
  readonly #positions: Map<number, number>
  #nextShardIndex: number

  constructor({ shards, nextShardIndex }: Shards, nowMs: number) {
    this.#nowMs = nowMs
    this.#shards = [...shards]
    this.#positions = new Map(shards.map(({ index }, position) => [index, position]))
    this.#nextShardIndex = nextShardIndex
  }

  get result(): Shards {
    return { shards: this.#shards, nextShardIndex: this.#nextShardIndex }
  }

  split(shard: Shard, startingHashKey: bigint): Shard[] {
    this.#close([shard])
    const low = { startingHashKey: shard.startingHashKey, endingHashKey: startingHashKey - 1n }
    const high = { startingHashKey, endingHashKey: shard.endingHashKey }
    return [this.#open(low, [shard]), this.#open(high, [shard])]
  }

  /** @param low ends where `high` begins */
  merge(low: Shard, high: Shard, parents = [low, high]): Shard {
    this.#close(parents)
    return this.#open({ startingHashKey: low.startingHashKey, endingHashKey: high.endingHashKey }, parents)
  }

  #close(shards: readonly Shard[]): void {
    for (const shard of shards) {
      const position = this.#positions.get(shard.index)
      if (position !== undefined) this.#shards[position] = { ...shard, closedAtMs: this.#nowMs }
    }
  }

  #open(range: HashKeyRange, parents: readonly Shard[]): Shard {
    const openedAtMs = this.#nowMs
    const shard = {
      ...range,
      index: this.#nextShardIndex,
      parent: parents[0]?.index,
      adjacentParent: parents[1]?.index,
      openedAtSec: Math.max(Math.floor(openedAtMs / 1_000), ...parents.map((parent) => parent.openedAtSec)) + 1,
      openedAtMs,
      closedAtMs: undefined,
    }
    this.#positions.set(shard.index, this.#shards.length)
    this.#shards.push(shard)
    this.#nextShardIndex += 1
    return shard
  }
}
