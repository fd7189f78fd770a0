import { KinesisError } from '../kinesis-error.ts'
import { type ShardDescription, type StreamDescription } from '../streams/streams.ts'

/** In the order in which AWS lists them. */
export const shardFilterTypes = [
  'AFTER_SHARD_ID',
  'AT_TRIM_HORIZON',
  'FROM_TRIM_HORIZON',
  'AT_LATEST',
  'AT_TIMESTAMP',
  'FROM_TIMESTAMP',
] as const

export interface ShardFilter {
  readonly type: (typeof shardFilterTypes)[number]
  readonly shardId?: string | undefined
  readonly atMs?: number | undefined
}

/**
 * The shards that ListShards gives for a filter: "ShardFilter" in the API reference.
 *
 * @throws KinesisError InvalidArgumentException for a filter without what its type needs
 */
export function selectShards(
  stream: StreamDescription,
  filter: ShardFilter | undefined,
  nowMs: number,
): readonly ShardDescription[] {
  if (filter === undefined) return stream.shards
  const horizonMs = Math.max(stream.createdAtMs, nowMs - stream.retentionHours * 3_600_000)
  const kept = shardTest(filter, horizonMs)
  return stream.shards.filter(kept)
}

function shardTest({ type, shardId, atMs }: ShardFilter, horizonMs: number): (shard: ShardDescription) => boolean {
  switch (type) {
    case 'AFTER_SHARD_ID': {
      const after = needed(shardId, type, 'ShardId')
      return (shard) => shard.shardId > after
    }
    case 'AT_LATEST':
      return (shard) => shard.closedAtMs === undefined
    case 'AT_TRIM_HORIZON':
      return openAt(horizonMs)
    case 'FROM_TRIM_HORIZON':
      return endedFrom(horizonMs)
    case 'AT_TIMESTAMP':
      return openAt(needed(atMs, type, 'Timestamp'))
    case 'FROM_TIMESTAMP':
      return endedFrom(Math.max(needed(atMs, type, 'Timestamp'), horizonMs))
  }
}

const openAt =
  (atMs: number) =>
  ({ openedAtMs, closedAtMs = Infinity }: ShardDescription): boolean =>
    openedAtMs <= atMs && closedAtMs >= atMs

const endedFrom =
  (fromMs: number) =>
  ({ closedAtMs = Infinity }: ShardDescription): boolean =>
    closedAtMs >= fromMs

function needed<T>(value: T | undefined, type: string, member: string): T {
  if (value !== undefined) return value
  throw new KinesisError('InvalidArgumentException', `${member} must be given with a ShardFilter of type ${type}.`)
}
