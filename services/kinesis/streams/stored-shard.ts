import { join } from 'node:path'
import { parseSequenceNumber, sequenceNumbers, closedIndex } from './sequence-number.ts'
import type { Refusals } from './refusals.ts'
import type { Shard } from './reshard.ts'
import { shardIdOf } from './shard-id.ts'
import { ShardLimits } from './shard-limits.ts'
import { ShardLog, type ShardLogOptions } from './shard-log.ts'
import type { IteratorPosition, ShardDescription } from './streams.ts'

/** A shard with its records. */
export class StoredShard {
  readonly shardId: string
  readonly log: ShardLog
  readonly limits: ShardLimits
  readonly sequenceNumber: (recordIndex: number, arrivedAtMs: number) => string
  readonly startingHashKey: bigint
  readonly endingHashKey: bigint
  readonly #shard: Shard

  private constructor(shard: Shard, log: ShardLog, limits: ShardLimits) {
    this.#shard = shard
    this.shardId = shardIdOf(shard.index)
    this.log = log
    this.limits = limits
    this.sequenceNumber = sequenceNumbers({ openedAtSec: shard.openedAtSec, shardIndex: shard.index })
    this.startingHashKey = shard.startingHashKey
    this.endingHashKey = shard.endingHashKey
  }

  static async open(
    streamFolder: string,
    shard: Shard,
    options: Omit<ShardLogOptions, 'folder'>,
  ): Promise<StoredShard> {
    const log = await ShardLog.open({ ...options, folder: join(streamFolder, shardIdOf(shard.index)) })
    return new StoredShard(shard, log, new ShardLimits())
  }

  /** The same records after a change of the shard, which is that it was closed. */
  with(shard: Shard): StoredShard {
    return shard === this.#shard ? this : new StoredShard(shard, this.log, this.limits)
  }

  get isClosed(): boolean {
    return this.#shard.closedAtMs !== undefined
  }

  describe(): ShardDescription {
    const { index, parent, adjacentParent, openedAtMs, closedAtMs, startingHashKey, endingHashKey } = this.#shard
    return {
      shardId: shardIdOf(index),
      parentShardId: parent === undefined ? undefined : shardIdOf(parent),
      adjacentParentShardId: adjacentParent === undefined ? undefined : shardIdOf(adjacentParent),
      startingHashKey,
      endingHashKey,
      startingSequenceNumber: this.sequenceNumber(0, openedAtMs),
      endingSequenceNumber: closedAtMs === undefined ? undefined : this.sequenceNumber(closedIndex, closedAtMs),
      openedAtMs,
      closedAtMs,
    }
  }

  /** Where an iterator begins. @throws KinesisError InvalidArgumentException */
  resolve(
    position: IteratorPosition,
    streamName: string,
    refusals: Refusals,
  ): { readonly fromIndex: number; readonly notBeforeMs: number } {
    switch (position.type) {
      case 'TRIM_HORIZON':
        return { fromIndex: 0, notBeforeMs: 0 }
      case 'LATEST':
        return { fromIndex: this.log.endIndex, notBeforeMs: 0 }
      case 'AT_TIMESTAMP':
        return { fromIndex: 0, notBeforeMs: Math.max(0, Math.ceil(position.atMs)) }
      case 'AT_SEQUENCE_NUMBER':
      case 'AFTER_SEQUENCE_NUMBER': {
        const { sequenceNumber, type } = position
        const parts = parseSequenceNumber(sequenceNumber)
        if (parts === undefined) throw refusals.sequenceNumber(streamName, this.shardId, sequenceNumber)
        if (parts.shardIndex !== this.#shard.index) {
          throw refusals.sequenceNumberOfOtherShard(shardIdOf(parts.shardIndex), this.shardId)
        }
        if (parts.openedAtSec !== this.#shard.openedAtSec) {
          const why = ' because it did not come from this stream'
          throw refusals.sequenceNumber(streamName, this.shardId, sequenceNumber, why)
        }
        const after = type === 'AFTER_SEQUENCE_NUMBER' ? 1 : 0
        return { fromIndex: Math.min(parts.recordIndex + after, closedIndex), notBeforeMs: 0 }
      }
    }
  }
}
