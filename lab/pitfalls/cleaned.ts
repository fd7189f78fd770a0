import { cleanTexts } from '../../analytics/duckdb/clean-texts.ts'
import { type EntityName } from '../../contract/index.ts'
import { type Finding } from './pitfall.ts'

const shown: Readonly<Record<EntityName, readonly string[]>> = {
  pin: ['ind', 'title', 'category', 'follower_count'],
  geo: ['ind', 'country', 'timestamp'],
  user: ['ind', 'user_name', 'age'],
}

/** What the pipeline's own cleaning makes of records, one row each, with the reason of a rejected one. */
export async function cleanedFinding(
  did: string,
  entity: EntityName,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<Finding> {
  const columns = [...shown[entity], 'rejected']
  const rows = await cleanTexts(entity, texts, signal)
  return {
    did,
    columns: ['data in Kinesis', ...columns],
    rows: rows.map((row, at) => [shortened(texts[at] ?? ''), ...columns.map((column) => row[column] ?? null)]),
  }
}

/** Whether every row of a finding was rejected, or none was. */
export const allRejected = ({ rows }: Finding): boolean => rows.length > 0 && rows.every((row) => row.at(-1) !== null)
export const noneRejected = ({ rows }: Finding): boolean => rows.length > 0 && rows.every((row) => row.at(-1) === null)

const shownCharacters = 48
const shortened = (text: string): string =>
  text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text
