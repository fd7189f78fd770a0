import { kinesisLimits } from '../../../contract/limits.ts'
import { KinesisError } from '../kinesis-error.ts'
import type { HashKeyRange } from './hash-key.ts'

/** Refusals in AWS's words, as kinesalite recorded them from the service unless noted. */
export class Refusals {
  readonly #accountId: string

  constructor(accountId: string) {
    this.#accountId = accountId
  }

  streamNotFound = (stream: string): KinesisError =>
    new KinesisError('ResourceNotFoundException', `${this.#stream(stream)} not found.`)

  streamExists = (stream: string): KinesisError =>
    new KinesisError('ResourceInUseException', `${this.#stream(stream)} already exists.`)

  notActive = (stream: string, status: string): KinesisError =>
    new KinesisError('ResourceInUseException', `${this.#stream(stream)} not ACTIVE, instead in state ${status}`)

  noSuchShard = (stream: string, shardId: string): KinesisError =>
    new KinesisError('ResourceNotFoundException', `${this.#shard(stream, shardId, 'Shard')} does not exist`)

  shardNotFound = (stream: string, shardId: string): KinesisError =>
    new KinesisError('ResourceNotFoundException', `${this.#shard(stream, shardId, 'Could not find shard')}.`)

  /** As moto words it. */
  shardClosed = (stream: string, shardId: string): KinesisError =>
    new KinesisError(
      'ResourceInUseException',
      `${this.#shard(stream, shardId, 'Shard')} has already been merged or split, and thus is not eligible for merging or splitting.`,
    )

  splitKey = (stream: string, shardId: string, key: bigint, range: HashKeyRange): KinesisError =>
    new KinesisError(
      'InvalidArgumentException',
      `NewStartingHashKey ${String(key)} used in SplitShard() ${this.#shard(stream, shardId, 'on shard')} is not both greater than one ` +
        `plus the shard's StartingHashKey ${String(range.startingHashKey)} and less than the shard's EndingHashKey ${String(range.endingHashKey)}.`,
    )

  notAdjacent = (stream: string, shardId: string, otherId: string): KinesisError =>
    new KinesisError(
      'InvalidArgumentException',
      `Shards ${shardId} and ${otherId} in stream ${stream} under account ${this.#accountId} are not an adjacent pair of shards eligible for merging`,
    )

  scale = (direction: 'up over double' | 'down below half', open: number, target: number): KinesisError =>
    new KinesisError(
      'LimitExceededException',
      `UpdateShardCount cannot scale ${direction} your current open shard count. Current open shard count: ${String(open)}, Target shard count: ${String(target)}`,
    )

  retentionTooShort = (hours: number): KinesisError =>
    new KinesisError(
      'InvalidArgumentException',
      `Minimum allowed retention period is ${String(kinesisLimits.minRetentionHours)} hours. Requested retention period (${String(hours)} hours) is too short.`,
    )

  retentionDirection = (
    stream: string,
    hours: number,
    present: number,
    change: 'increase' | 'decrease',
  ): KinesisError =>
    new KinesisError(
      'InvalidArgumentException',
      `Requested retention period (${String(hours)} hours) for stream ${stream} can not be ` +
        `${change === 'increase' ? 'shorter' : 'longer'} than existing retention period (${String(present)} hours). ` +
        `Use ${change === 'increase' ? 'Decrease' : 'Increase'}RetentionPeriod API.`,
    )

  tooManyTags = (stream: string): KinesisError =>
    new KinesisError(
      'InvalidArgumentException',
      `Failed to add tags to stream ${stream} under account ${this.#accountId} because a given stream cannot have more than ${String(kinesisLimits.maxTags)} tags associated with it.`,
    )

  sequenceNumber = (stream: string, shardId: string, sequenceNumber: string, why = ''): KinesisError =>
    new KinesisError(
      'InvalidArgumentException',
      `StartingSequenceNumber ${sequenceNumber} used in GetShardIterator ${this.#shard(stream, shardId, 'on shard')} is invalid${why}.`,
    )

  sequenceNumberOfOtherShard = (encodedId: string, shardId: string): KinesisError =>
    new KinesisError(
      'InvalidArgumentException',
      `Invalid StartingSequenceNumber. It encodes ${encodedId}, while it was used in a call to a shard with ${shardId}`,
    )

  iterator = (): KinesisError => new KinesisError('InvalidArgumentException', 'Invalid ShardIterator.')

  iteratorExpired = (createdAtMs: number, nowMs: number): KinesisError =>
    new KinesisError(
      'ExpiredIteratorException',
      `Iterator expired. The iterator was created at time ${dateText(createdAtMs)} while right now it is ${dateText(nowMs)} ` +
        'which is further in the future than the tolerated delay of 300000 milliseconds.',
    )

  /** As the API reference's example of PutRecords words it. */
  rate = (stream: string, shardId: string): KinesisError =>
    new KinesisError(
      'ProvisionedThroughputExceededException',
      `Rate exceeded ${this.#shard(stream, shardId, 'for shard')}.`,
    )

  /** As the API reference's example of PutRecords words it. */
  internal = (): KinesisError => new KinesisError('InternalFailure', 'Internal service failure.')

  #stream = (stream: string): string => `Stream ${stream} under account ${this.#accountId}`

  #shard = (stream: string, shardId: string, start: string): string =>
    `${start} ${shardId} in stream ${stream} under account ${this.#accountId}`
}

/** `Thu Jan 22 01:22:02 UTC 2015`, as Java prints a date. */
function dateText(atMs: number): string {
  const [, weekday = '', day = '', month = '', year = '', time = ''] =
    /^(\w+), (\d+) (\w+) (\d+) (\S+) GMT$/.exec(new Date(atMs).toUTCString()) ?? []
  return `${weekday} ${month} ${day} ${time} UTC ${year}`
}
