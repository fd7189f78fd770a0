import { setTimeout as sleep } from 'node:timers/promises'
import { LabError } from '../../../contract/index.ts'
import { kinesisClient, type KinesisClientOptions } from '../../../clients/kinesis.ts'
import { type S3ClientOptions } from '../../../clients/s3.ts'
import { openStorage } from '../../delta/storage.ts'
import { committedPositions, type ShardPositions } from './checkpoint.ts'
import { positionKey, readStreams, type Positions } from './read-stream.ts'

export interface StreamingOptions {
  readonly kinesis: KinesisClientOptions
  readonly streams: readonly string[]
  /** Folder of the stream job's checkpoints, a URI; `s3` where it lies in a bucket. */
  readonly checkpointsUri: string
  readonly s3: S3ClientOptions
  /** Why the job will end no more batch; undefined while it runs or is about to. */
  readonly whyEnded: () => Promise<string | undefined>
  readonly signal: AbortSignal
  /** How long the stream job may stand still before this gives up; as long as it ends batches, it is waited for. */
  readonly timeoutMs: number
  readonly onProgress?: (progress: { readonly recordsToGo: number }) => void
}

const pollMs = 250
// Throttled reads come back: the stream job reads the same shards.
const maxAttempts = 10

/**
 * Waits until the stream job has ended the batches of all records that Kinesis held when this was called: then Delta holds them.
 * @throws LabError LAB_NOT_LANDED when the job ends no batch for `timeoutMs`, and at once when it has ended for good
 */
export async function awaitStreamed(options: StreamingOptions): Promise<void> {
  const { streams, checkpointsUri, s3, whyEnded, signal, timeoutMs, onProgress } = options
  using checkpoints = openStorage(checkpointsUri, s3, signal)
  const positionsOf = async (stream: string): Promise<ShardPositions> => committedPositions(checkpoints, stream)
  const owed = await owedRecords(options, positionsOf)
  let best = Number.POSITIVE_INFINITY
  let movedMs = performance.now()
  for (;;) {
    const lags = await Promise.all(
      streams.map(async (stream) => ({ stream, records: toGo(owed, stream, await positionsOf(stream)) })),
    )
    const recordsToGo = lags.reduce((total, { records }) => total + records, 0)
    if (recordsToGo === 0) return
    const why = await whyEnded()
    if (why !== undefined) throw ended(recordsToGo, why)
    if (recordsToGo < best) {
      best = recordsToGo
      movedMs = performance.now()
    } else if (performance.now() - movedMs > timeoutMs) throw notStreamed(lags, timeoutMs)
    onProgress?.({ recordsToGo })
    await sleep(pollMs, undefined, { signal })
  }
}

/** Sequence numbers that the checkpoints do not cover yet, by stream and shard, rising. */
type Owed = ReadonlyMap<string, readonly bigint[]>

async function owedRecords(
  { kinesis, streams, signal }: StreamingOptions,
  positionsOf: (stream: string) => Promise<ShardPositions>,
): Promise<Owed> {
  const owed = new Map<string, bigint[]>()
  const positions: Positions = new Map()
  const ended = new Set<string>()
  for (const stream of streams) {
    for (const [shardId, position] of Object.entries(await positionsOf(stream))) {
      if (/^\d+$/.test(position)) positions.set(positionKey(stream, shardId), position)
      if (position === 'end') ended.add(positionKey(stream, shardId))
    }
  }
  const client = kinesisClient({ maxAttempts, ...kinesis })
  try {
    await readStreams(
      client,
      streams,
      positions,
      (stream, records) => {
        for (const { shardId, sequenceNumber } of records) {
          const key = positionKey(stream, shardId)
          if (ended.has(key)) return
          const ofShard = owed.get(key) ?? []
          if (ofShard.length === 0) owed.set(key, ofShard)
          ofShard.push(BigInt(sequenceNumber))
        }
      },
      signal,
    )
  } finally {
    client.destroy()
  }
  return owed
}

function toGo(owed: Owed, stream: string, positions: ShardPositions): number {
  let records = 0
  for (const [key, sequenceNumbers] of owed) {
    const [ofStream, shardId = ''] = key.split(' ')
    if (ofStream !== stream) continue
    const position = positions[shardId] ?? ''
    if (position === 'end') continue
    const last = /^\d+$/.test(position) ? BigInt(position) : -1n
    records += sequenceNumbers.filter((sequenceNumber) => sequenceNumber > last).length
  }
  return records
}

const ended = (recordsToGo: number, why: string): LabError =>
  new LabError('LAB_NOT_LANDED', {
    what: `${String(recordsToGo)} records wait for a stream job that runs no more`,
    why,
    fix: '"lab logs spark-stream" says more; "lab start spark-stream" starts it, and it goes on from its checkpoint',
  })

function notStreamed(lags: readonly { stream: string; records: number }[], timeoutMs: number): LabError {
  const behind = lags.filter(({ records }) => records > 0)
  return new LabError('LAB_NOT_LANDED', {
    what: `the stream job ended no batch for ${String(Math.round(timeoutMs / 1000))} s`,
    why: behind.map(({ stream, records }) => `${stream} has ${String(records)} records to go`).join('; '),
    fix: 'see "lab status" and "lab logs spark-stream"',
  })
}
