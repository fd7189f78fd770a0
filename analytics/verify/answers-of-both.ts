import { queryIds, type Answers } from '../../contract/index.ts'
import { runQueries, useVariant } from '../duckdb/clean.ts'
import { type Database } from '../duckdb/database.ts'

export interface BothAnswers {
  readonly right: Partial<Answers>
  readonly naive: Partial<Answers>
}

/** The answers over the records that the database holds; it is left with the views of the right variant. */
export async function answersOfBoth(database: Database): Promise<BothAnswers> {
  const right = await runQueries(database, queryIds)
  await useVariant(database, 'naive')
  const naive = await runQueries(database, queryIds)
  await useVariant(database, 'right')
  return { right, naive }
}
