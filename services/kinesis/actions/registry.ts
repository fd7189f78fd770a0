import { type Action } from './action.ts'
import { getRecords, getShardIterator } from './read-records.ts'
import { decreaseStreamRetentionPeriod, increaseStreamRetentionPeriod } from './retention.ts'
import { listShards, mergeShards, splitShard, updateShardCount } from './shards.ts'
import {
  createStream,
  deleteStream,
  describeLimits,
  describeStream,
  describeStreamSummary,
  listStreams,
} from './streams.ts'
import { addTagsToStream, listTagsForStream, removeTagsFromStream } from './tags.ts'
import { putRecord, putRecords } from './write-records.ts'

export const actions: ReadonlyMap<string, Action> = new Map(
  Object.entries({
    AddTagsToStream: addTagsToStream,
    CreateStream: createStream,
    DecreaseStreamRetentionPeriod: decreaseStreamRetentionPeriod,
    DeleteStream: deleteStream,
    DescribeLimits: describeLimits,
    DescribeStream: describeStream,
    DescribeStreamSummary: describeStreamSummary,
    GetRecords: getRecords,
    GetShardIterator: getShardIterator,
    IncreaseStreamRetentionPeriod: increaseStreamRetentionPeriod,
    ListShards: listShards,
    ListStreams: listStreams,
    ListTagsForStream: listTagsForStream,
    MergeShards: mergeShards,
    PutRecord: putRecord,
    PutRecords: putRecords,
    RemoveTagsFromStream: removeTagsFromStream,
    SplitShard: splitShard,
    UpdateShardCount: updateShardCount,
  }),
)

/** Actions of the service model that the lab does not emulate: refused by name, so that nobody takes them for a typing error. */
export const notEmulated: ReadonlySet<string> = new Set([
  'CreateChannel',
  'DeleteChannel',
  'DeleteResourcePolicy',
  'DeregisterStreamConsumer',
  'DescribeAccountSettings',
  'DescribeChannel',
  'DescribeStreamConsumer',
  'DisableEnhancedMonitoring',
  'EnableEnhancedMonitoring',
  'GetResourcePolicy',
  'ListChannels',
  'ListStreamConsumers',
  'ListTagsForResource',
  'PutResourcePolicy',
  'RegisterStreamConsumer',
  'StartStreamEncryption',
  'StopStreamEncryption',
  'SubscribeToShard',
  'TagResource',
  'UntagResource',
  'UpdateAccountSettings',
  'UpdateChannel',
  'UpdateMaxRecordSize',
  'UpdateStreamMode',
  'UpdateStreamRecordDistributionStrategy',
  'UpdateStreamWarmThroughput',
])
