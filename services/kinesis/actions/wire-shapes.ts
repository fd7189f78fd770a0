import { type ShardDescription, type StreamDescription } from '../streams/streams.ts'
import { Timestamp } from '../protocol/answer-values.ts'
import { streamArnOf, type Account } from './arn.ts'

/** The stored streams as answers write them. */

export const shardShape = (shard: ShardDescription): object => ({
  ShardId: shard.shardId,
  ParentShardId: shard.parentShardId,
  AdjacentParentShardId: shard.adjacentParentShardId,
  HashKeyRange: hashKeyRange(shard),
  SequenceNumberRange: {
    StartingSequenceNumber: shard.startingSequenceNumber,
    EndingSequenceNumber: shard.endingSequenceNumber,
  },
})

export const childShardShape = (shard: ShardDescription): object => ({
  ShardId: shard.shardId,
  ParentShards: [shard.parentShardId, shard.adjacentParentShardId].filter((id) => id !== undefined),
  HashKeyRange: hashKeyRange(shard),
})

/** What DescribeStream and DescribeStreamSummary both say. */
export const streamShape = (account: Account, stream: StreamDescription): object => ({
  ...streamSummaryShape(account, stream),
  RetentionPeriodHours: stream.retentionHours,
  EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
  EncryptionType: 'NONE',
})

/** An entry of ListStreams. */
export const streamSummaryShape = (account: Account, { name, status, createdAtMs }: StreamDescription): object => ({
  StreamName: name,
  StreamARN: streamArnOf(account, name),
  StreamStatus: status,
  StreamModeDetails: { StreamMode: 'PROVISIONED' },
  StreamCreationTimestamp: new Timestamp(createdAtMs),
})

export const openShardsOf = ({ shards }: StreamDescription): readonly ShardDescription[] =>
  shards.filter(({ closedAtMs }) => closedAtMs === undefined)

const hashKeyRange = ({ startingHashKey, endingHashKey }: ShardDescription): object => ({
  StartingHashKey: startingHashKey.toString(),
  EndingHashKey: endingHashKey.toString(),
})
