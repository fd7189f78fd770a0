import { setTimeout as sleep } from 'node:timers/promises'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3ServiceException,
  UploadPartCommand,
  type S3Client,
} from '../../../clients/s3.ts'
import { type Logger } from '../../runtime/log.ts'
import { unusableBucket } from './record-error.ts'

export interface ObjectStore {
  readonly partSizeBytes: number
  /** Whether even a small object goes by the connector's own three calls. */
  readonly alwaysMultipart: boolean
  /** Resolves when the object is stored. Failures that can pass are waited out, as long as it takes. */
  put(key: string, bytes: Buffer): Promise<void>
  beginUpload(key: string): Upload
}

/** A multipart upload; its parts are sent one after the other in the order given. */
export interface Upload {
  addPart(bytes: Buffer): Promise<void>
  /** Resolves when the object is stored. */
  complete(): Promise<void>
}

export interface ObjectStoreOptions {
  readonly client: S3Client
  readonly bucket: string
  readonly partSizeBytes: number
  readonly alwaysMultipart: boolean
  readonly firstBackoffMs: number
  readonly maxBackoffMs: number
  readonly log: Logger
  /** Ends every wait and request. */
  readonly signal: AbortSignal
}

export class S3ObjectStore implements ObjectStore {
  readonly partSizeBytes: number
  readonly alwaysMultipart: boolean
  readonly #options: ObjectStoreOptions

  constructor(options: ObjectStoreOptions) {
    this.#options = options
    this.partSizeBytes = options.partSizeBytes
    this.alwaysMultipart = options.alwaysMultipart
  }

  /** @throws TaskFailure when the bucket cannot be used: a HEAD request's own error says nothing but its status */
  async checkBucket(): Promise<void> {
    const { client, bucket, signal } = this.#options
    try {
      const head = new HeadBucketCommand({ Bucket: bucket })
      await this.#persist(`bucket ${bucket}`, async () => client.send(head, { abortSignal: signal }))
    } catch (error) {
      if (error instanceof S3ServiceException) throw unusableBucket(bucket, error.$metadata.httpStatusCode)
      throw error
    }
  }

  async put(key: string, bytes: Buffer): Promise<void> {
    const { client, bucket, signal } = this.#options
    await this.#persist(key, async () =>
      client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }), { abortSignal: signal }),
    )
  }

  beginUpload(key: string): Upload {
    const { client, bucket, signal } = this.#options
    const target = { Bucket: bucket, Key: key }
    const parts: { ETag: string | undefined; PartNumber: number }[] = []
    const abort = { abortSignal: signal }
    let uploadId: Promise<string | undefined> | undefined
    let last: Promise<unknown> = Promise.resolve()

    const begin = async (): Promise<string | undefined> =>
      (await this.#persist(key, async () => client.send(new CreateMultipartUploadCommand(target), abort))).UploadId
    const sendPart = async (number: number, bytes: Buffer): Promise<void> => {
      const UploadId = await (uploadId ??= begin())
      const part = { ...target, UploadId, PartNumber: number, Body: bytes }
      const { ETag } = await this.#persist(key, async () => client.send(new UploadPartCommand(part), abort))
      parts.push({ ETag, PartNumber: number })
    }
    let number = 0
    return {
      addPart: async (bytes) => {
        number += 1
        const mine = number
        const sent = last.then(async () => sendPart(mine, bytes))
        last = sent
        await sent
      },
      complete: async () => {
        try {
          await last
          const UploadId = await uploadId
          const whole = { ...target, UploadId, MultipartUpload: { Parts: parts } }
          await this.#persist(key, async () => client.send(new CompleteMultipartUploadCommand(whole), abort))
        } catch (error) {
          const UploadId = await uploadId?.catch(() => undefined)
          if (UploadId !== undefined) {
            // best effort, as the connector's own: parts left over cost space and nothing else
            await client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined)
          }
          throw error
        }
      },
    }
  }

  /** Repeats a request while its failure can pass (429, 5xx, a lost connection), with growing waits. */
  async #persist<T>(what: string, request: () => Promise<T>): Promise<T> {
    const { firstBackoffMs, maxBackoffMs, signal, log } = this.#options
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await request()
      } catch (error) {
        if (signal.aborted || !canPass(error)) throw error
        const backoffMs = Math.min(firstBackoffMs * 2 ** (attempt - 1), maxBackoffMs)
        if (attempt === 1 || backoffMs >= maxBackoffMs) {
          log.warn({ object: what, attempt, backoffMs, reason: reasonOf(error) }, 'the store failed, trying again')
        }
        await sleep(backoffMs, undefined, { signal })
      }
    }
  }
}

const throttling = ['SlowDown', 'Throttling', 'ThrottlingException', 'TooManyRequestsException', 'RequestTimeout']

/** 429, 5xx and whatever kept an answer from coming; a refusal (403, 404, 400) does not pass by itself. */
function canPass(error: unknown): boolean {
  if (error instanceof S3ServiceException) {
    const status = error.$metadata.httpStatusCode ?? 0
    return status >= 500 || status === 429 || throttling.includes(error.name)
  }
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return error.name === 'TimeoutError' || /^E[A-Z_]+$/.test(code) || code.startsWith('HPE_')
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error))
