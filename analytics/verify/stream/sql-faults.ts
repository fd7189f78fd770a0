import { type Database } from '../../duckdb/database.ts'
import { maxExamples, type CheckBuilder } from '../check.ts'

/** Counts the lines of a query as faults; its column `told` says each in words. */
export async function addFaults(check: CheckBuilder, database: Database, name: string, sql: string): Promise<void> {
  const [found] = await database.select(`SELECT count(*) AS count FROM (${sql})`)
  const count = Number(found?.['count'])
  if (count === 0) return
  const examples = await database.select(`SELECT told FROM (${sql}) ORDER BY told LIMIT ${String(maxExamples)}`)
  check.faults(
    name,
    count,
    examples.map(({ told }) => String(told)),
  )
}

export const timestampLiteral = (at: Date): string => `TIMESTAMP '${at.toISOString().slice(0, 19).replace('T', ' ')}'`
