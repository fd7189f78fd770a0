import { pathNames, queryColumns, queryIds, type PathName, type QueryId, type Variant } from '../../contract/index.ts'
import { answer as answerQueries } from '../../analytics/duckdb/answers.ts'
import { answerStream } from '../../analytics/duckdb/stream-answers.ts'
import { openStorage } from '../../analytics/delta/storage.ts'
import { newestVersions } from '../../analytics/delta/tables.ts'
import { runningLab, s3OptionsOf, type CommandContext, type RunningLab } from '../context.ts'
import { oneOf, usageError } from '../environment.ts'
import { landed } from '../landed.ts'
import { answer, answerJson, note } from '../output.ts'
import { checkPath } from '../paths.ts'
import { sparkAnswersOf } from '../spark-answers.ts'
import { streamed } from '../streamed.ts'
import { csv, textTable } from '../tables.ts'

interface QueryOptions {
  readonly json?: boolean
  readonly csv?: boolean
  readonly variant: Variant
  /** The first of the lab's paths by default. */
  readonly path?: PathName
  readonly engine: QueryEngine
}

type QueryEngine = 'duckdb' | 'spark'

/** `--json` prints an array of objects with exactly the output columns; for `all`, an object of such arrays by id. */
export async function query(context: CommandContext, options: QueryOptions, id: string): Promise<number> {
  const wanted = oneOf('query', ['all', ...queryIds])(id)
  const lab = await runningLab(context)
  const path = pathOf(lab, options)
  const asked = {
    queries: wanted === 'all' ? queryIds : [wanted],
    variant: options.variant,
    signal: context.signal,
  }
  const result = await (options.engine === 'spark' ? answersBySpark(lab, asked) : answersOf(lab, path, asked))
  const rowsOf = (queryId: QueryId): readonly unknown[][] =>
    (result.answers[queryId] ?? []).map((row) => queryColumns[queryId].map((column) => row[column]))

  if (options.json) answerJson(wanted === 'all' ? result.answers : result.answers[wanted])
  else
    for (const queryId of wanted === 'all' ? queryIds : [wanted]) {
      if (wanted === 'all') answer(`\n${queryTitles[queryId]}`)
      answer((options.csv ? csv : textTable)(queryColumns[queryId], rowsOf(queryId)))
    }
  const rejected = result.quarantine.total
  if (rejected > 0) note(`${String(rejected)} records were rejected: "npx lab verify" shows which and why`)
  return 0
}

interface Asked {
  readonly queries: readonly QueryId[]
  readonly variant: Variant
  readonly signal: AbortSignal
}

/** Over the objects of S3, or over the Delta tables, once all that was posted is there. */
async function answersOf(lab: RunningLab, path: PathName, asked: Asked) {
  const { userId, s3, sparkStream } = lab.profile
  const common = { s3: s3OptionsOf(lab), userId, ...asked }
  if (path === 'batch') {
    await landed(lab, asked.signal)
    return answerQueries({ ...common, bucket: s3.bucket })
  }
  await streamed(lab, asked.signal)
  return answerStream({ ...common, tablesUri: sparkStream.tablesUri })
}

/** Over the Delta tables as they are now; without --path Spark takes the stream path, the only one that it answers on. */
async function answersBySpark(lab: RunningLab, { queries, variant, signal }: Asked) {
  await streamed(lab, signal)
  await using spark = await sparkAnswersOf(lab, { queries, variants: [variant], signal })
  using storage = openStorage(lab.profile.sparkStream.tablesUri, s3OptionsOf(lab), signal)
  const { answers, ...counts } = await spark.answer(await newestVersions(storage))
  return { ...counts, answers: answers[variant] ?? {} }
}

function pathOf({ profile }: RunningLab, { path, engine }: QueryOptions): PathName {
  if (engine === 'spark' && path === 'batch')
    throw usageError(
      'Spark answers on the stream path only',
      'on the batch path DuckDB does; Spark is not built there yet',
    )
  if (path !== undefined) checkPath(profile, path, '--path')
  if (engine === 'spark') checkPath(profile, 'stream', '--engine spark')
  return path ?? (engine === 'spark' ? 'stream' : pathNames.find((name) => profile.paths.includes(name))) ?? 'batch'
}

const queryTitles: Readonly<Record<QueryId, string>> = {
  '4': '4. most popular category in each country',
  '5': '5. most popular category in each year, 2018 to 2022',
  '6a': '6a. user with the most followers in each country',
  '6b': '6b. country of the user with the most followers',
  '7': '7. most popular category in each age group',
  '8': '8. median follower count in each age group',
  '9': '9. users joined in each year, 2015 to 2020',
  '10': '10. median follower count by joining year',
  '11': '11. median follower count by joining year and age group',
}
