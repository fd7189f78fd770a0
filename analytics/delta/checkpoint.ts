import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Database } from '../duckdb/database.ts'
import { fetchInOrder } from '../fetch-in-order.ts'
import { parseActions, type Action } from './actions.ts'
import { logFolder, type Checkpoint } from './log.ts'
import { type Storage } from './storage.ts'
import { brokenLog } from './unreadable.ts'

/** Removed files are left out: a snapshot has no use for them. */
const columns = ['add', 'metaData', 'protocol', 'txn']

/** The actions of a classic checkpoint's Parquet files, a part at a time. */
export async function* readCheckpoint(
  storage: Storage,
  table: string,
  { parts }: Checkpoint,
  database: Database,
): AsyncGenerator<Action[]> {
  const fetched = fetchInOrder(parts, async (part) => ({
    ...part,
    body: await storage.read(`${logFolder(table)}/${part.name}`),
  }))
  for await (const { name, body } of fetched) {
    if (!body) throw brokenLog(table, `${name} went away while it was read`)
    const file = join(database.folder, name)
    await writeFile(file, body)
    const rows = await database.select(
      `SELECT to_json(c)::VARCHAR AS action
       FROM (SELECT COLUMNS(name -> name IN (${columns.map((column) => `'${column}'`).join(', ')}))
             FROM read_parquet('${file}')) c`,
    )
    await rm(file)
    yield parseActions(
      table,
      name,
      rows.map((row) => String(row['action'])),
    )
  }
}
