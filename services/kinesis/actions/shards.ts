import { z } from 'zod'
import { KinesisError } from '../kinesis-error.ts'
import { hashKey, nextToken, pageSize, shardId, streamArn, streamName, timestamp } from '../members/common.ts'
import { required, structure, type Input } from '../members/member.ts'
import { action, streamAction, type Service } from './action.ts'
import { resolveStreamName, streamArnOf } from './arn.ts'
import { pageToken, readPageToken } from './page-token.ts'
import { selectShards, shardFilterTypes, type ShardFilter } from './shard-filter.ts'
import { openShardsOf, shardShape } from './wire-shapes.ts'

export const splitShard = streamAction(
  { members: { NewStartingHashKey: required(hashKey), ShardToSplit: required(shardId) } },
  async ({ streams }, name, { ShardToSplit, NewStartingHashKey }) => {
    await streams.split(name, ShardToSplit, BigInt(NewStartingHashKey))
    return undefined
  },
)

export const mergeShards = streamAction(
  { members: { ShardToMerge: required(shardId), AdjacentShardToMerge: required(shardId) } },
  async ({ streams }, name, { ShardToMerge, AdjacentShardToMerge }) => {
    await streams.merge(name, ShardToMerge, AdjacentShardToMerge)
    return undefined
  },
)

export const updateShardCount = streamAction(
  {
    members: {
      TargetShardCount: required({ type: 'Integer', min: 1 }),
      ScalingType: required({ type: 'String', values: ['UNIFORM_SCALING'] }),
    },
  },
  async (service, name, { TargetShardCount }) => {
    const current = openShardsOf(service.streams.describe(name)).length
    await service.streams.setShardCount(name, TargetShardCount)
    return {
      StreamName: name,
      CurrentShardCount: current,
      TargetShardCount,
      StreamARN: streamArnOf(service, name),
    }
  },
)

/** Default of MaxResults in the API reference. */
const defaultMaxResults = 1_000

const listShardsMembers = {
  MaxResults: pageSize,
  NextToken: nextToken,
  ExclusiveStartShardId: shardId,
  StreamCreationTimestamp: timestamp,
  ShardFilter: structure({
    Type: required({ type: 'String', values: shardFilterTypes }),
    ShardId: shardId,
    Timestamp: timestamp,
  }),
  StreamName: streamName,
  StreamARN: streamArn,
} as const

/** What a first page was asked, kept in its token. */
const Question = z.strictObject({
  name: z.string(),
  createdAtMs: z.number(),
  filter: z
    .strictObject({ type: z.enum(shardFilterTypes), shardId: z.string().optional(), atMs: z.number().optional() })
    .optional(),
})
type Question = z.infer<typeof Question>

export const listShards = action({ members: listShardsMembers, notEmulated: ['StreamId'] }, (service, input) => {
  const nowMs = service.nowMs()
  const { question, after } = questionOf(service, input, nowMs)
  const stream = service.streams.describe(question.name)
  if (stream.createdAtMs !== question.createdAtMs) throw notFound(service, question.name)
  const shards = selectShards(stream, question.filter as ShardFilter | undefined, nowMs).filter(
    ({ shardId: id }) => id > after,
  )
  const page = shards.slice(0, input.MaxResults ?? defaultMaxResults)
  const last = page.at(-1)
  return {
    Shards: page.map(shardShape),
    NextToken: shards.length > page.length && last ? pageToken(nowMs, last.shardId, question) : undefined,
  }
})

function questionOf(
  service: Service,
  input: Input<typeof listShardsMembers>,
  nowMs: number,
): { readonly question: Question; readonly after: string } {
  const { StreamName, StreamARN, NextToken, ExclusiveStartShardId = '', ShardFilter } = input
  const isNamed = StreamName !== undefined || StreamARN !== undefined
  if (NextToken !== undefined) {
    if (isNamed) throw invalid('NextToken and StreamName cannot be provided together.')
    const token = readPageToken(NextToken, nowMs)
    const question = Question.safeParse(token.question)
    if (!question.success) throw invalid('NextToken is invalid.')
    return { question: question.data, after: token.after }
  }
  if (!isNamed) throw invalid('Either NextToken or StreamName should be provided.')
  const name = resolveStreamName(service, StreamName, StreamARN)
  const { createdAtMs } = service.streams.describe(name)
  const wantedAtMs = input.StreamCreationTimestamp
  // The request's time has whole seconds or milliseconds, whatever the client's library writes.
  if (wantedAtMs !== undefined && Math.floor(wantedAtMs / 1_000) !== Math.floor(createdAtMs / 1_000)) {
    throw notFound(service, name)
  }
  const filter = ShardFilter && {
    type: ShardFilter.Type,
    ...(ShardFilter.ShardId !== undefined && { shardId: ShardFilter.ShardId }),
    ...(ShardFilter.Timestamp !== undefined && { atMs: ShardFilter.Timestamp }),
  }
  return { question: { name, createdAtMs, ...(filter && { filter }) }, after: ExclusiveStartShardId }
}

const invalid = (message: string): KinesisError => new KinesisError('InvalidArgumentException', message)

const notFound = ({ accountId }: Service, name: string): KinesisError =>
  new KinesisError('ResourceNotFoundException', `Stream ${name} under account ${accountId} not found.`)
