import { KinesisError } from '../kinesis-error.ts'
import { nextToken, pageSize, shardId, streamName } from '../members/common.ts'
import { required, structure } from '../members/member.ts'
import { action, streamAction } from './action.ts'
import { pageToken, readPageToken } from './page-token.ts'
import { checkTags, tagMap } from './tags.ts'
import { openShardsOf, shardShape, streamShape, streamSummaryShape } from './wire-shapes.ts'

const streamMode = { type: 'String', values: ['PROVISIONED', 'ON_DEMAND'] } as const

export const createStream = action(
  {
    members: {
      ShardCount: { type: 'Integer', min: 1 },
      StreamModeDetails: structure({ StreamMode: required(streamMode) }),
      Tags: tagMap,
      StreamName: required(streamName),
    },
    notEmulated: ['WarmThroughputMiBps', 'MaxRecordSizeInKiB', 'RecordDistributionStrategy'],
  },
  async ({ streams, accountId }, { StreamName, ShardCount, StreamModeDetails, Tags = {} }) => {
    if (StreamModeDetails?.StreamMode === 'ON_DEMAND') {
      throw new KinesisError('InvalidArgumentException', 'pinlab does not emulate streams on demand.')
    }
    if (ShardCount === undefined) {
      throw new KinesisError('InvalidArgumentException', 'ShardCount must be given for a provisioned stream.')
    }
    checkTags(`Failed to add tags to stream ${StreamName} under account ${accountId}`, Object.entries(Tags).flat())
    await streams.create(StreamName, ShardCount, Tags)
    return undefined
  },
)

export const deleteStream = streamAction(
  { members: { EnforceConsumerDeletion: { type: 'Boolean' } } },
  async ({ streams }, name) => {
    await streams.delete(name)
    return undefined
  },
)

/** Default of DescribeStream and ListStreams in the API reference. */
const defaultLimit = 100

export const describeStream = streamAction(
  { members: { Limit: pageSize, ExclusiveStartShardId: shardId } },
  (service, name, { Limit = defaultLimit, ExclusiveStartShardId = '' }) => {
    const stream = service.streams.describe(name)
    const shards = stream.shards.filter(({ shardId: id }) => id > ExclusiveStartShardId)
    return {
      StreamDescription: {
        ...streamShape(service, stream),
        Shards: shards.slice(0, Limit).map(shardShape),
        HasMoreShards: shards.length > Limit,
      },
    }
  },
)

export const describeStreamSummary = streamAction({ members: {} }, (service, name) => {
  const stream = service.streams.describe(name)
  return {
    StreamDescriptionSummary: {
      ...streamShape(service, stream),
      OpenShardCount: openShardsOf(stream).length,
      ConsumerCount: 0,
    },
  }
})

export const listStreams = action(
  { members: { Limit: pageSize, ExclusiveStartStreamName: streamName, NextToken: nextToken } },
  (service, { Limit = defaultLimit, ExclusiveStartStreamName = '', NextToken }) => {
    const nowMs = service.nowMs()
    const after = NextToken === undefined ? ExclusiveStartStreamName : readPageToken(NextToken, nowMs).after
    const streams = service.streams.list().filter(({ name }) => name > after)
    const page = streams.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, Limit)
    const last = page.at(-1)
    const hasMore = streams.length > page.length
    return {
      StreamNames: page.map(({ name }) => name),
      HasMoreStreams: hasMore,
      NextToken: hasMore && last !== undefined ? pageToken(nowMs, last.name) : undefined,
      StreamSummaries: page.map((stream) => streamSummaryShape(service, stream)),
    }
  },
)

/** "Quotas and limits" of the developer guide: 20,000 shards in three regions, "1,000 or 6,000" in others. The lab has no limit of its own. */
const largeRegions: ReadonlySet<string> = new Set(['us-east-1', 'us-west-2', 'eu-west-1'])

/** The quotas that an account of AWS begins with. */
export const describeLimits = action({ members: {} }, ({ streams, region }) => ({
  ShardLimit: largeRegions.has(region) ? 20_000 : 1_000,
  OpenShardCount: streams.list().reduce((count, stream) => count + openShardsOf(stream).length, 0),
  OnDemandStreamCount: 0,
  OnDemandStreamCountLimit: 50,
}))
