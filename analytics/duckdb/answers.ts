import {
  entityNames,
  topicName,
  topicNames,
  type Answers,
  type EntityName,
  type QueryId,
  type Variant,
} from '../../contract/index.ts'
import { s3Client, type S3ClientOptions } from '../../clients/s3.ts'
import { listObjects, readObjects } from '../objects.ts'
import { type CleanCounts } from '../clean-counts.ts'
import { finishCleaning, runQueries, useVariant } from './clean.ts'
import { openDatabase } from './database.ts'
import { openLoader } from './load.ts'

export interface AnswerOptions {
  readonly s3: S3ClientOptions
  readonly bucket: string
  readonly userId: string
  readonly queries: readonly QueryId[]
  readonly variant: Variant
  readonly signal: AbortSignal
  /** One line of text now and then. */
  readonly onProgress?: (text: string) => void
}

/** The counts are those of the right variant, whichever variant answers. */
export interface AnswerResult extends CleanCounts {
  readonly answers: Partial<Answers>
  readonly objects: number
}

/** Reads every object of the three topics from S3, cleans the records and answers the queries, all in this process. */
export async function answer(options: AnswerOptions): Promise<AnswerResult> {
  const { bucket, userId, queries, variant, signal, onProgress } = options
  const client = s3Client(options.s3)
  try {
    await using database = await openDatabase(signal)
    const loader = await openLoader(database)
    const listed = await listObjects(client, bucket, topicNames(userId), signal)
    const entityOf = entitiesByTopic(userId)
    let objects = 0
    for await (const object of readObjects(client, bucket, listed, signal)) {
      const entity = entityOf.get(object.name.topic)
      if (entity === undefined) continue
      await loader.add(entity, object)
      objects++
      if (objects % 500 === 0) onProgress?.(`read ${String(objects)} of ${String(listed.length)} objects`)
    }
    await loader.finish()
    const counts = await finishCleaning(database)
    if (variant !== 'right') await useVariant(database, variant)
    return { ...counts, answers: await runQueries(database, queries), objects }
  } finally {
    client.destroy()
  }
}

export const entitiesByTopic = (userId: string): ReadonlyMap<string, EntityName> =>
  new Map(entityNames.map((entity) => [topicName(userId, entity), entity]))
