import { CreateBucketCommand, ListBucketsCommand, s3Client, type S3ClientOptions } from '../../../../clients/s3.ts'

/** The bucket that the sink writes into. */
export async function ensureBucket(options: S3ClientOptions, bucket: string, signal: AbortSignal): Promise<void> {
  const client = s3Client(options)
  try {
    const { Buckets = [] } = await client.send(new ListBucketsCommand({}), { abortSignal: signal })
    if (Buckets.some(({ Name }) => Name === bucket)) return
    await client.send(new CreateBucketCommand({ Bucket: bucket }), { abortSignal: signal })
  } finally {
    client.destroy()
  }
}
