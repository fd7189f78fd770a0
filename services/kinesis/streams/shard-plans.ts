import type { Refusals } from './refusals.ts'
import { areAdjacent, merge, openShards, scaleUniformly, split, type Shard, type Shards } from './reshard.ts'
import { shardIdOf, shardIndexOf } from './shard-id.ts'

/** What a request asks of a stream's shards, refused as AWS refuses it. All throw KinesisError. */
interface Request {
  readonly streamName: string
  readonly nowMs: number
  readonly refusals: Refusals
}

export function splitPlan(stream: Shards, shardId: string, newStartingHashKey: bigint, request: Request): Shards {
  const { streamName, nowMs, refusals } = request
  const shard = shardNamed(stream, shardId, request)
  const { startingHashKey, endingHashKey } = shard
  if (newStartingHashKey <= startingHashKey + 1n || newStartingHashKey >= endingHashKey) {
    throw refusals.splitKey(streamName, shardIdOf(shard.index), newStartingHashKey, shard)
  }
  requireOpen([shard], request)
  return split(stream, shard, newStartingHashKey, nowMs)
}

export function mergePlan(stream: Shards, shardId: string, adjacentShardId: string, request: Request): Shards {
  const { streamName, nowMs, refusals } = request
  const shard = shardNamed(stream, shardId, request)
  const adjacent = shardNamed(stream, adjacentShardId, request)
  if (!areAdjacent(shard, adjacent)) {
    throw refusals.notAdjacent(streamName, shardIdOf(shard.index), shardIdOf(adjacent.index))
  }
  requireOpen([shard, adjacent], request)
  return merge(stream, shard, adjacent, nowMs)
}

/** Bounds of one call: "UpdateShardCount" of the API reference. */
export function scalePlan(stream: Shards, target: number, { nowMs, refusals }: Request): Shards {
  const open = openShards(stream.shards).length
  if (target > open * 2) throw refusals.scale('up over double', open, target)
  if (target < open / 2) throw refusals.scale('down below half', open, target)
  return scaleUniformly(stream, target, nowMs)
}

function shardNamed({ shards }: Shards, shardId: string, { streamName, refusals }: Request): Shard {
  const shardIndex = shardIndexOf(shardId)
  const shard = shards.find(({ index }) => index === shardIndex)
  if (shard !== undefined) return shard
  throw refusals.shardNotFound(streamName, shardIndex === undefined ? shardId : shardIdOf(shardIndex))
}

function requireOpen(shards: readonly Shard[], { streamName, refusals }: Request): void {
  const closed = shards.find(({ closedAtMs }) => closedAtMs !== undefined)
  if (closed !== undefined) throw refusals.shardClosed(streamName, shardIdOf(closed.index))
}
