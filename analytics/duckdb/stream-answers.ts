import { entityNames, type Answers, type QueryId, type Variant } from '../../contract/index.ts'
import { type S3ClientOptions } from '../../clients/s3.ts'
import { openStorage } from '../delta/storage.ts'
import { type CleanCounts } from '../clean-counts.ts'
import { finishCleaning, runQueries, useVariant } from './clean.ts'
import { openDatabase } from './database.ts'
import { createStreamRecords, loadDeltaTable } from './load-delta.ts'

export interface StreamAnswerOptions {
  readonly s3: S3ClientOptions
  /** Folder of the Delta tables, as the profile has it. */
  readonly tablesUri: string
  readonly userId: string
  readonly queries: readonly QueryId[]
  readonly variant: Variant
  readonly signal: AbortSignal
}

/** The counts are those of the right variant, whichever variant answers. */
export interface StreamAnswerResult extends CleanCounts {
  readonly answers: Partial<Answers>
}

/** Answers the queries over the Delta tables of the stream path, by the same SQL as the batch path's, all in this process. */
export async function answerStream(options: StreamAnswerOptions): Promise<StreamAnswerResult> {
  const { s3, tablesUri, userId, queries, variant, signal } = options
  using storage = openStorage(tablesUri, s3, signal)
  await using database = await openDatabase(signal)
  await createStreamRecords(database)
  for (const entity of entityNames) {
    await loadDeltaTable(database, storage, userId, entity, 'clean')
    await loadDeltaTable(database, storage, userId, entity, 'quarantine')
  }
  const counts = await finishCleaning(database)
  if (variant !== 'right') await useVariant(database, variant)
  return { ...counts, answers: await runQueries(database, queries) }
}
