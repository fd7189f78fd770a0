import { kinesisLimits } from '../../../contract/limits.ts'
import { KinesisError } from '../kinesis-error.ts'
import { sequenceNumber, shardId, streamArn, timestamp } from '../members/common.ts'
import { required, type Input } from '../members/member.ts'
import { RecordsAnswer } from '../protocol/records-answer.ts'
import { type IteratorPosition } from '../streams/streams.ts'
import { action, streamAction } from './action.ts'
import { childShardShape } from './wire-shapes.ts'

const iteratorMembers = {
  ShardId: required(shardId),
  ShardIteratorType: required({
    type: 'String',
    values: ['AFTER_SEQUENCE_NUMBER', 'LATEST', 'AT_TIMESTAMP', 'AT_SEQUENCE_NUMBER', 'TRIM_HORIZON'],
  }),
  StartingSequenceNumber: sequenceNumber,
  Timestamp: timestamp,
} as const

export const getShardIterator = streamAction(
  { members: iteratorMembers, notEmulated: ['DryRun'] },
  ({ streams, nowMs }, name, input) => ({
    ShardIterator: streams.iterator(name, input.ShardId, positionOf(input, nowMs())),
  }),
)

function positionOf(input: Input<typeof iteratorMembers>, nowMs: number): IteratorPosition {
  const { ShardIteratorType: type, StartingSequenceNumber: startingSequenceNumber, Timestamp: atMs } = input
  switch (type) {
    case 'TRIM_HORIZON':
    case 'LATEST':
      if (startingSequenceNumber !== undefined) throw mismatch(type, 'also a')
      return { type }
    case 'AT_SEQUENCE_NUMBER':
    case 'AFTER_SEQUENCE_NUMBER':
      if (startingSequenceNumber === undefined) throw mismatch(type, 'no')
      return { type, sequenceNumber: startingSequenceNumber }
    case 'AT_TIMESTAMP':
      if (atMs === undefined) {
        throw invalid(
          'Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.',
        )
      }
      if (atMs > nowMs) {
        throw invalid(
          'The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. ' +
            `timestampInMillis: ${String(atMs)}, currentTimestampInMillis: ${String(nowMs)}`,
        )
      }
      return { type, atMs }
  }
}

const mismatch = (type: string, which: 'also a' | 'no'): KinesisError =>
  invalid(
    'Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or ' +
      `(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified ${type} and ${which} StartingSequenceNumber.`,
  )

const invalid = (message: string): KinesisError => new KinesisError('InvalidArgumentException', message)

export const getRecords = action(
  {
    members: {
      Limit: { type: 'Integer', min: 1, max: kinesisLimits.maxReadRecords },
      ShardIterator: required({ type: 'String', min: 1, max: 512 }),
      StreamARN: streamArn,
    },
    notEmulated: ['StreamId', 'DryRun'],
  },
  async ({ streams }, { ShardIterator, Limit = kinesisLimits.maxReadRecords }) => {
    const page = await streams.read(ShardIterator, Limit)
    return new RecordsAnswer(page.records, {
      NextShardIterator: page.nextIterator,
      MillisBehindLatest: page.millisBehindLatest,
      ChildShards: page.childShards.length > 0 ? page.childShards.map(childShardShape) : undefined,
    })
  },
)
