import { queryColumns, type AnswerRow, type Answers, type QueryId, type Variant } from '../../contract/index.ts'
import { cleanCounts, type CleanCounts } from '../clean-counts.ts'
import { type Database, type SqlRow } from './database.ts'
import { sqlText } from './sql-text.ts'

const maxQuarantineShown = 1_000

/** Applies rule 10 to what the loader cleaned, makes the views of the right variant, and counts. */
export async function finishCleaning(database: Database): Promise<CleanCounts> {
  await database.run(`CREATE OR REPLACE TABLE superseded AS ${await sqlText.superseded()}`)
  await useVariant(database, 'right')
  await database.run(`CREATE OR REPLACE TEMPORARY VIEW age_groups AS ${await sqlText.ageGroups()}`)
  const quarantine = `SELECT * FROM (${await sqlText.quarantine()}) ORDER BY topic, object_key, "offset" LIMIT ${String(maxQuarantineShown)}`
  return cleanCounts(await database.select(await sqlText.counts()), await database.select(quarantine))
}

export async function useVariant(database: Database, variant: Variant): Promise<void> {
  await database.run(await sqlText.variant(variant))
}

/** Answers over the views of the variant in use; each row holds exactly the query's output columns, in their order. */
export async function runQueries(database: Database, queries: readonly QueryId[]): Promise<Partial<Answers>> {
  const answers: Partial<Answers> = {}
  for (const id of queries) {
    const rows = await database.select(await sqlText.query(id))
    answers[id] = rows.map((row) => answerRow(id, row))
  }
  return answers
}

function answerRow(id: QueryId, row: SqlRow): AnswerRow {
  const answer: AnswerRow = {}
  for (const column of queryColumns[id]) {
    const value = row[column]
    if (value === undefined || typeof value === 'boolean' || Array.isArray(value)) {
      throw new Error(`query ${id} gives no scalar column ${column}`)
    }
    answer[column] = value
  }
  return answer
}
