import { setTimeout as sleep } from 'node:timers/promises'
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  type KinesisClient,
} from '../../../clients/kinesis.ts'

export interface StreamRecord {
  readonly shardId: string
  readonly sequenceNumber: string
  readonly arrivedAt: Date | undefined
  readonly partitionKey: string
  readonly data: Buffer
}

/** Last sequence number read of each shard, by stream and shard id. */
export type Positions = Map<string, string>

export const positionKey = (stream: string, shardId: string): string => `${stream} ${shardId}`

// A page of rows is then some 1 MiB, and all that are held at a time stay below 10 MiB.
const recordsPerCall = 1_000
const shardsAtOnce = 4
// An HTTP/2 server refuses a stream while its connection holds too much, and the client library does not repeat that.
const maxRefusals = 40
const refusedPauseMs = 250

/**
 * Reads the shards of the streams, closed ones too, from the positions (or else from their oldest records) up to their tips as of
 * now, each in its order, several side by side; `positions` moves on with them. What the service throttles, the client repeats.
 * A stream that does not exist has no shards.
 */
export async function readStreams(
  client: KinesisClient,
  streams: readonly string[],
  positions: Positions,
  take: (stream: string, records: readonly StreamRecord[]) => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const listed = await Promise.all(
    streams.map(async (stream) => (await listShards(client, stream, signal)).map((shardId) => ({ stream, shardId }))),
  )
  const waiting = listed.flat()
  const reader = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { stream, shardId } = next
      for await (const records of readShard(client, stream, shardId, positions, signal)) await take(stream, records)
    }
  }
  await Promise.all(Array.from({ length: shardsAtOnce }, reader))
}

async function listShards(client: KinesisClient, stream: string, signal: AbortSignal): Promise<string[]> {
  const shards: string[] = []
  let token: string | undefined
  try {
    do {
      const input = token === undefined ? { StreamName: stream } : { NextToken: token }
      const page = await client.send(new ListShardsCommand(input), { abortSignal: signal })
      for (const { ShardId: shardId } of page.Shards ?? []) if (shardId !== undefined) shards.push(shardId)
      token = page.NextToken
    } while (token !== undefined)
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return []
    throw error
  }
  return shards
}

async function* readShard(
  client: KinesisClient,
  stream: string,
  shardId: string,
  positions: Positions,
  signal: AbortSignal,
): AsyncGenerator<StreamRecord[]> {
  const key = positionKey(stream, shardId)
  const last = positions.get(key)
  const place = { StreamName: stream, ShardId: shardId }
  const from = new GetShardIteratorCommand(
    last === undefined
      ? { ...place, ShardIteratorType: 'TRIM_HORIZON' }
      : { ...place, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: last },
  )
  let iterator = (await client.send(from, { abortSignal: signal })).ShardIterator
  while (iterator !== undefined) {
    const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: recordsPerCall })
    const page = await unrefused(async () => client.send(command, { abortSignal: signal }), signal)
    const records = (page.Records ?? []).map(
      ({ SequenceNumber, ApproximateArrivalTimestamp, PartitionKey, Data }): StreamRecord => ({
        shardId,
        sequenceNumber: SequenceNumber ?? '',
        arrivedAt: ApproximateArrivalTimestamp,
        partitionKey: PartitionKey ?? '',
        data: Buffer.from(Data ?? new Uint8Array()),
      }),
    )
    const newest = records.at(-1)
    if (newest) {
      positions.set(key, newest.sequenceNumber)
      yield records
    }
    if (page.MillisBehindLatest === 0) return
    iterator = page.NextShardIterator
  }
}

async function unrefused<T>(send: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let refusals = 0; ; refusals++) {
    try {
      return await send()
    } catch (error) {
      const isRefused = (error as NodeJS.ErrnoException).code === 'ERR_HTTP2_STREAM_ERROR'
      if (!isRefused || refusals >= maxRefusals) throw error
      await sleep(refusedPauseMs, undefined, { signal })
    }
  }
}
