import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  kinesisClient,
  type KinesisClient,
  ListShardsCommand,
} from '../../../clients/kinesis.ts'
import { type TestKinesis } from '../../support/services.ts'

export const makeStream = (client: KinesisClient, StreamName: string, ShardCount: number): Promise<unknown> =>
  client.send(new CreateStreamCommand({ StreamName, ShardCount }))

export const clientOf = (kinesis: TestKinesis, maxAttempts = 1): KinesisClient =>
  kinesisClient({ ...kinesis, maxAttempts })

export interface ReadRecord {
  readonly shardId: string
  readonly sequenceNumber: string
  readonly key: string
  readonly text: string
}

/** Every record of a stream, shard by shard from its beginning, closed shards too. */
export async function readStream(client: KinesisClient, StreamName: string): Promise<ReadRecord[]> {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }))
  const read: ReadRecord[] = []
  for (const { ShardId = '' } of Shards) {
    let iterator = (
      await client.send(new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }))
    ).ShardIterator
    while (iterator !== undefined) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator }))
      for (const { SequenceNumber = '', PartitionKey = '', Data = new Uint8Array() } of page.Records ?? []) {
        read.push({
          shardId: ShardId,
          sequenceNumber: SequenceNumber,
          key: PartitionKey,
          text: Buffer.from(Data).toString(),
        })
      }
      iterator = page.Records?.length === 0 && page.MillisBehindLatest === 0 ? undefined : page.NextShardIterator
    }
  }
  return read
}
