import { parseObjectKey, topicPrefix, type ObjectKey } from '../contract/index.ts'
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '../clients/s3.ts'

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

// 24 GETs hide the latency of a local S3; the bytes bound is what counts with large files.
const maxInFlight = 24
const maxBytesInFlight = 48 * 1024 * 1024

/** Fetches the objects that the sink wrote, in the order listed, several at once but at most `maxBytesInFlight` (or one). */
export async function* readObjects(
  client: S3Client,
  bucket: string,
  listed: readonly ListedObject[],
  signal: AbortSignal,
): AsyncGenerator<StoredObject> {
  const wanted = listed.filter((object): object is ListedObject & { name: ObjectKey } => object.name !== undefined)
  const inFlight: { bytes: number; fetched: Promise<StoredObject> }[] = []
  let bytesInFlight = 0
  let next = 0
  const startMore = (): void => {
    for (let object = wanted[next]; object !== undefined; object = wanted[++next]) {
      const isFull = inFlight.length >= maxInFlight || bytesInFlight + object.bytes > maxBytesInFlight
      if (isFull && inFlight.length > 0) return
      const fetched = fetchObject(client, bucket, object, signal)
      fetched.catch(() => undefined) // reported where it is awaited; until then it must not count as unhandled
      inFlight.push({ bytes: object.bytes, fetched })
      bytesInFlight += object.bytes
    }
  }
  startMore()
  for (let oldest = inFlight.shift(); oldest !== undefined; oldest = inFlight.shift()) {
    const object = await oldest.fetched
    bytesInFlight -= oldest.bytes
    startMore()
    yield object
  }
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
