import { S3Client } from '@aws-sdk/client-s3'

export {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3ServiceException,
  UploadPartCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3'
export type { S3Client } from '@aws-sdk/client-s3'

export interface S3ClientOptions {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Attempts at one request before it fails; 3 by default. */
  readonly maxAttempts?: number
}

/** The one place where the S3 client library is made. Path-style addresses, as a local endpoint has no bucket host names. */
export function s3Client({
  endpoint,
  region,
  accessKeyId,
  secretAccessKey,
  maxAttempts = 3,
}: S3ClientOptions): S3Client {
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 30_000,
      throwOnRequestTimeout: true, // else it is only logged, and the request hangs on
      httpAgent: { keepAlive: true, maxSockets: 64 },
    },
  })
}
