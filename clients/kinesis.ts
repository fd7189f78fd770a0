import { KinesisClient } from '@aws-sdk/client-kinesis'

export {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DeleteStreamCommand,
  DescribeLimitsCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  IncreaseStreamRetentionPeriodCommand,
  ListShardsCommand,
  ListStreamsCommand,
  ListTagsForStreamCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  RemoveTagsFromStreamCommand,
  ResourceInUseException,
  SplitShardCommand,
  SubscribeToShardCommand,
  UpdateShardCountCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis'
export type { KinesisClient } from '@aws-sdk/client-kinesis'

export interface KinesisClientOptions {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Attempts at one request before it fails; 3 by default. */
  readonly maxAttempts?: number
}

/** The one place where the Kinesis client library is made; it speaks cleartext HTTP/2 to an http:// endpoint. */
export const kinesisClient = (options: KinesisClientOptions): KinesisClient => {
  const { endpoint, region, accessKeyId, secretAccessKey, maxAttempts = 3 } = options
  return new KinesisClient({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts,
    requestHandler: { requestTimeout: 30_000, sessionTimeout: 60_000 },
  })
}
