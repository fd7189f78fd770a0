import { parseObjectKey, topicPrefix, type ObjectKey } from '../contract/index.ts'
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '../clients/s3.ts'
import { fetchInOrder } from './fetch-in-order.ts'

/** An object as `ListObjectsV2` names it; `name` is undefined when the sink would not write such a key. */
export interface ListedObject {
  readonly key: string
  readonly bytes: number
  readonly name: ObjectKey | undefined
}

export interface StoredObject extends ListedObject {
  readonly name: ObjectKey
  /** As S3 answered it, without the quotes: the MD5 of the content, or of its parts when it ends in `-<parts>`. */
  readonly etag: string
  readonly body: Buffer
}

/** All objects of the topics, all partitions, in key order: so by topic, partition and start offset. */
export async function listObjects(
  client: S3Client,
  bucket: string,
  topics: readonly string[],
  signal: AbortSignal,
): Promise<ListedObject[]> {
  const listed = await Promise.all(
    topics.map(async (topic) => {
      const objects: ListedObject[] = []
      for await (const page of paginateListObjectsV2(
        { client },
        { Bucket: bucket, Prefix: topicPrefix(topic) },
        { abortSignal: signal },
      )) {
        for (const { Key: key, Size: bytes } of page.Contents ?? []) {
          if (key !== undefined) objects.push({ key, bytes: bytes ?? 0, name: parseObjectKey(key) })
        }
      }
      return objects
    }),
  )
  return listed.flat()
}

/** Fetches the objects that the sink wrote, in the order listed, several at once. */
export async function* readObjects(
  client: S3Client,
  bucket: string,
  listed: readonly ListedObject[],
  signal: AbortSignal,
): AsyncGenerator<StoredObject> {
  const wanted = listed.filter((object): object is ListedObject & { name: ObjectKey } => object.name !== undefined)
  yield* fetchInOrder(wanted, async (object) => fetchObject(client, bucket, object, signal))
}

async function fetchObject(
  client: S3Client,
  bucket: string,
  object: ListedObject & { name: ObjectKey },
  signal: AbortSignal,
): Promise<StoredObject> {
  const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: object.key }), { abortSignal: signal })
  const body = Buffer.from((await answer.Body?.transformToByteArray()) ?? new Uint8Array())
  return { ...object, etag: (answer.ETag ?? '').replaceAll('"', ''), body }
}
