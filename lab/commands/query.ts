import { pathNames, queryColumns, queryIds, type PathName, type QueryId, type Variant } from '../../contract/index.ts'
import { runningLab, type CommandContext, type RunningLab } from '../context.ts'
import { answersByDuckdb, answersBySpark, engineDifferences, type Asked } from '../engine-answers.ts'
import { oneOf } from '../environment.ts'
import { landed } from '../landed.ts'
import { answer, answerJson, note } from '../output.ts'
import { checkPath } from '../paths.ts'
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

type QueryEngine = 'duckdb' | 'spark' | 'both'

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
  await (path === 'batch' ? landed(lab, context.signal) : streamed(lab, context.signal))
  const result = await answersOf(lab, path, options.engine, asked)
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
  return result.different === undefined ? 0 : sayAgreement(result.different)
}

/** By one engine, or by both side by side: then the second answer is held against the first, cell by cell. */
async function answersOf(lab: RunningLab, path: PathName, engine: QueryEngine, asked: Asked) {
  if (engine === 'duckdb') return { ...(await answersByDuckdb(lab, path, asked)), different: undefined }
  if (engine === 'spark') return { ...(await answersBySpark(lab, path, asked)), different: undefined }
  const [duckdb, spark] = await Promise.all([answersByDuckdb(lab, path, asked), answersBySpark(lab, path, asked)])
  return { ...duckdb, different: engineDifferences(spark.answers, duckdb.answers) }
}

/** @returns exit code 1 when the engines differ */
function sayAgreement(different: readonly string[]): number {
  if (different.length === 0) {
    note('Spark and DuckDB agree on every cell')
    return 0
  }
  note(`Spark and DuckDB differ in ${String(different.length)} places (records that came meanwhile? then ask again):`)
  for (const told of different.slice(0, 10)) note(`  ${told}`)
  return 1
}

function pathOf({ profile }: RunningLab, { path }: QueryOptions): PathName {
  if (path !== undefined) checkPath(profile, path, '--path')
  return path ?? pathNames.find((name) => profile.paths.includes(name)) ?? 'batch'
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
