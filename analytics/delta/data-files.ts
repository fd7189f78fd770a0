import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Database } from '../duckdb/database.ts'
import { fetchInOrder } from '../fetch-in-order.ts'
import { type DataFile, type Snapshot } from './snapshot.ts'
import { type Storage } from './storage.ts'
import { brokenLog } from './unreadable.ts'

// What lies in the temporary folder at a time; large enough that a statement's fixed cost does not count.
const maxChunkBytes = 64 * 1024 * 1024
const maxChunkFiles = 1_000

/**
 * Hands local copies of the data files to `take`, a chunk at a time, and removes them after it.
 * @throws LabError LAB_DATA_MISMATCH when a file of the snapshot is not there
 */
export async function takeDataFiles(
  storage: Storage,
  { table }: Snapshot,
  files: readonly DataFile[],
  database: Database,
  take: (paths: readonly string[]) => Promise<void>,
): Promise<void> {
  const folder = join(database.folder, `delta-${table}`)
  await mkdir(folder, { recursive: true })
  let chunk: string[] = []
  let chunkBytes = 0
  const flush = async (): Promise<void> => {
    if (chunk.length > 0) await take(chunk)
    await Promise.all(chunk.map(async (path) => rm(path)))
    chunk = []
    chunkBytes = 0
  }
  const fetched = fetchInOrder(files, async ({ path, bytes }) => ({
    path,
    bytes,
    body: await storage.read(`${table}/${path}`),
  }))
  for await (const { path, bytes, body } of fetched) {
    if (!body) throw brokenLog(table, `its data file ${path} is not there`)
    if (body.length !== bytes)
      throw brokenLog(table, `its data file ${path} has ${String(body.length)} bytes, its log says ${String(bytes)}`)
    const copy = join(folder, `${String(chunk.length)}.parquet`)
    await writeFile(copy, body)
    chunk.push(copy)
    chunkBytes += bytes
    if (chunkBytes >= maxChunkBytes || chunk.length >= maxChunkFiles) await flush()
  }
  await flush()
}

/** `read_parquet` of these files; a column that an older file has not is null. */
export const readParquet = (paths: readonly string[]): string =>
  `read_parquet([${paths.map((path) => `'${path.replaceAll("'", "''")}'`).join(', ')}], union_by_name = true)`

/** Rows of the table: by the files' statistics, and by the files themselves where they have none. */
export async function countRows(storage: Storage, snapshot: Snapshot, database: Database): Promise<number> {
  const known = snapshot.files.reduce((total, { records }) => total + (records ?? 0), 0)
  const unknown = snapshot.files.filter(({ records }) => records === undefined)
  let counted = 0
  await takeDataFiles(storage, snapshot, unknown, database, async (paths) => {
    const [row] = await database.select(`SELECT count(*) AS rows FROM ${readParquet(paths)}`)
    counted += Number(row?.['rows'])
  })
  return known + counted
}
