import {
  LabError,
  pathNames,
  queryColumns,
  queryIds,
  type PathName,
  type QueryId,
  type Variant,
} from '../../contract/index.ts'
import { answer as answerQueries } from '../../analytics/duckdb/answers.ts'
import { answerStream } from '../../analytics/duckdb/stream-answers.ts'
import { runningLab, s3OptionsOf, type CommandContext, type RunningLab } from '../context.ts'
import { oneOf } from '../environment.ts'
import { landed } from '../landed.ts'
import { answer, answerJson, note } from '../output.ts'
import { streamed } from '../streamed.ts'
import { csv, textTable } from '../tables.ts'

interface QueryOptions {
  readonly json?: boolean
  readonly csv?: boolean
  readonly variant: Variant
  /** The first of the lab's paths by default. */
  readonly path?: PathName
}

/** `--json` prints an array of objects with exactly the output columns; for `all`, an object of such arrays by id. */
export async function query(context: CommandContext, options: QueryOptions, id: string): Promise<number> {
  const wanted = oneOf('query', ['all', ...queryIds])(id)
  const lab = await runningLab(context)
  const result = await answersOf(lab, pathOf(lab, options), {
    queries: wanted === 'all' ? queryIds : [wanted],
    variant: options.variant,
    signal: context.signal,
  })
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

function pathOf({ profile: { paths } }: RunningLab, { path }: QueryOptions): PathName {
  const wanted = path ?? pathNames.find((name) => paths.includes(name)) ?? 'batch'
  if (paths.includes(wanted)) return wanted
  throw new LabError('LAB_USAGE', {
    what: `this lab has no ${wanted} path`,
    why: `its posts take the path ${paths.join(' and ')} only`,
    fix: 'leave --path out, or start the lab again with "--paths batch,stream"',
  })
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
