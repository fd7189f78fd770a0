import { kinesisLimits } from '../../../contract/limits.ts'
import { KinesisError } from '../kinesis-error.ts'
import { hashKey, sequenceNumber } from '../members/common.ts'
import { required, structure, type Member } from '../members/member.ts'
import { type PutOutcome, type RecordToPut } from '../streams/streams.ts'
import { streamAction } from './action.ts'

const partitionKey = { type: 'String', min: 1, max: kinesisLimits.maxPartitionKeyLength } as const satisfies Member
const data = { type: 'Blob', max: kinesisLimits.maxRecordBytes } as const satisfies Member

/** Ordering needs nothing of SequenceNumberForOrdering here: a shard's records rise in the order of their requests. */
export const putRecord = streamAction(
  {
    members: {
      SequenceNumberForOrdering: sequenceNumber,
      PartitionKey: required(partitionKey),
      ExplicitHashKey: hashKey,
      Data: required(data),
    },
    notEmulated: ['DryRun'],
  },
  async ({ streams }, name, { Data, PartitionKey, ExplicitHashKey }) => {
    const record = recordToPut(Data, PartitionKey, ExplicitHashKey)
    checkSize(record, undefined)
    const [outcome] = await streams.put(name, [record])
    if (outcome === undefined) throw new Error(`${name} gave no outcome for a record`)
    if ('error' in outcome) throw new KinesisError(outcome.error, outcome.message)
    return { ShardId: outcome.shardId, SequenceNumber: outcome.sequenceNumber }
  },
)

const entry = structure({ PartitionKey: required(partitionKey), ExplicitHashKey: hashKey, Data: required(data) })

export const putRecords = streamAction(
  {
    members: { Records: required({ type: 'List', of: entry, min: 1, max: kinesisLimits.maxRecords }) },
    notEmulated: ['DryRun'],
  },
  async ({ streams }, name, { Records }) => {
    let bytes = 0
    const records = Records.map(({ Data, PartitionKey, ExplicitHashKey }, index) => {
      const record = recordToPut(Data, PartitionKey, ExplicitHashKey)
      bytes += checkSize(record, index)
      return record
    })
    if (bytes > kinesisLimits.maxRecordsBytes) {
      throw new KinesisError('InvalidArgumentException', 'Records size exceeds 10 MB limit')
    }
    const outcomes = await streams.put(name, records)
    return {
      FailedRecordCount: outcomes.reduce((failed, outcome) => failed + ('error' in outcome ? 1 : 0), 0),
      Records: outcomes.map(resultEntry),
    }
  },
)

const resultEntry = (outcome: PutOutcome): object =>
  'error' in outcome
    ? { ErrorCode: outcome.error, ErrorMessage: outcome.message }
    : { ShardId: outcome.shardId, SequenceNumber: outcome.sequenceNumber }

const endOfHashKeys = 1n << 128n

function recordToPut(data: Uint8Array, partitionKey: string, explicitHashKey: string | undefined): RecordToPut {
  const hash = explicitHashKey === undefined ? undefined : BigInt(explicitHashKey)
  if (hash !== undefined && hash >= endOfHashKeys) {
    throw new KinesisError(
      'InvalidArgumentException',
      `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${String(hash)}`,
    )
  }
  return { data, partitionKey, explicitHashKey: hash }
}

/**
 * @param index in a list of records
 * @returns bytes of data and key, which share the limit
 * @throws KinesisError ValidationException
 */
function checkSize({ data, partitionKey }: RecordToPut, index: number | undefined): number {
  const bytes = data.byteLength + Buffer.byteLength(partitionKey)
  if (bytes <= kinesisLimits.maxRecordBytes) return bytes
  const place = index === undefined ? 'data' : `records.${String(index + 1)}.member.data`
  throw new KinesisError(
    'ValidationException',
    `1 validation error detected: Value at '${place}' failed to satisfy constraint: ` +
      `Member must have length less than or equal to ${String(kinesisLimits.maxRecordBytes)}`,
  )
}
