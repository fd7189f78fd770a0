import { queryIds, type Answers, type PathName, type QueryId, type Variant } from '../contract/index.ts'
import { type CleanCounts } from '../analytics/clean-counts.ts'
import { answer as answerBatch } from '../analytics/duckdb/answers.ts'
import { answerStream } from '../analytics/duckdb/stream-answers.ts'
import { openStorage } from '../analytics/delta/storage.ts'
import { newestVersions } from '../analytics/delta/tables.ts'
import { differences } from '../analytics/verify/oracle.ts'
import { s3OptionsOf, type RunningLab } from './context.ts'
import { sparkAnswersOf } from './spark-answers.ts'

export interface Asked {
  readonly queries: readonly QueryId[]
  readonly variant: Variant
  readonly signal: AbortSignal
}

export interface EngineResult extends CleanCounts {
  readonly answers: Partial<Answers>
}

/** Over the objects of S3, or over the Delta tables, as they are now. */
export async function answersByDuckdb(lab: RunningLab, path: PathName, asked: Asked): Promise<EngineResult> {
  const { userId, s3, sparkStream } = lab.profile
  const common = { s3: s3OptionsOf(lab), userId, ...asked }
  return path === 'batch'
    ? answerBatch({ ...common, bucket: s3.bucket })
    : answerStream({ ...common, tablesUri: sparkStream.tablesUri })
}

/** The same by a Spark of its own. */
export async function answersBySpark(
  lab: RunningLab,
  path: PathName,
  { queries, variant, signal }: Asked,
): Promise<EngineResult> {
  await using spark = await sparkAnswersOf(lab, path, { queries, variants: [variant], signal })
  const { answers, ...counts } = await spark.answer(path === 'stream' ? await versionsNow(lab, signal) : {})
  return { ...counts, answers: answers[variant] ?? {} }
}

async function versionsNow(lab: RunningLab, signal: AbortSignal): Promise<Readonly<Record<string, number>>> {
  using storage = openStorage(lab.profile.sparkStream.tablesUri, s3OptionsOf(lab), signal)
  return await newestVersions(storage)
}

/** A sentence a differing cell or row, of the queries that either answered. */
export const engineDifferences = (spark: Partial<Answers>, duckdb: Partial<Answers>): string[] =>
  queryIds.flatMap((id) => differences(id, spark[id] ?? [], duckdb[id] ?? []).map((told) => `query ${id}: ${told}`))
