import { hash } from 'node:crypto'

/** The hash key space holds 2^128 keys. */
export const hashKeySpace = 1n << 128n

export interface HashKeyRange {
  readonly startingHashKey: bigint
  /** Inclusive. */
  readonly endingHashKey: bigint
}

/** A record's place in the hash key space: the MD5 of its partition key. */
export const hashKeyOf = (partitionKey: string): bigint => BigInt(`0x${hash('md5', partitionKey)}`)

/** The ranges that AWS gives a new stream's shards: all of the same width, the last one up to the end. */
export function evenRanges(count: number): HashKeyRange[] {
  const width = hashKeySpace / BigInt(count)
  return Array.from({ length: count }, (_, index) => ({
    startingHashKey: width * BigInt(index),
    endingHashKey: (index === count - 1 ? hashKeySpace : width * BigInt(index + 1)) - 1n,
  }))
}

/** The one that holds `hashKey`, of ranges in rising order that cover the space. */
export function rangeWith<R extends HashKeyRange>(ranges: readonly R[], hashKey: bigint): R {
  let low = 0
  let high = ranges.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    const range = ranges[middle]
    if (range !== undefined && range.startingHashKey <= hashKey) low = middle
    else high = middle - 1
  }
  const found = ranges[low]
  if (found === undefined) throw new RangeError('no shard is open')
  return found
}
