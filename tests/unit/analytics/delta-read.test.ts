import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { countRows, readParquet, takeDataFiles } from '../../../analytics/delta/data-files.ts'
import { detailOf, readHistory, type HistoryEntry } from '../../../analytics/delta/history.ts'
import { readSnapshot, type Snapshot } from '../../../analytics/delta/snapshot.ts'
import { openStorage, type Storage } from '../../../analytics/delta/storage.ts'
import { listTables } from '../../../analytics/delta/tables.ts'
import { openDatabase, type Database } from '../../../analytics/duckdb/database.ts'
import { fixtures, folderStorage, noS3, TableCopies } from './delta-tables.ts'

interface Expected {
  readonly rows: readonly (readonly [number, string | null, number])[]
  readonly history: readonly (Omit<HistoryEntry, 'at'> & { readonly timestamp: string })[]
  readonly detail: { numFiles: number; sizeInBytes: number; partitionColumns: string[]; properties: object; id: string }
}

let database: Database
let expected: Expected

beforeAll(async () => {
  database = await openDatabase(new AbortController().signal)
  expected = JSON.parse(await readFile(join(fixtures, 'expected.json'), 'utf8')) as Expected
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

const snapshotOf = async (storage: Storage, table: string): Promise<Snapshot> =>
  (await readSnapshot(storage, table, database))!

async function rowsOf(storage: Storage, snapshot: Snapshot): Promise<unknown[][]> {
  const rows: unknown[][] = []
  for (const file of snapshot.files) {
    await takeDataFiles(storage, snapshot, [file], database, async (paths) => {
      const found = await database.select(`SELECT ind, followers FROM ${readParquet(paths)}`)
      rows.push(...found.map((row) => [row['ind'], file.partitionValues['place'] ?? null, row['followers']]))
    })
  }
  return rows.toSorted((a, b) => Number(a[0]) - Number(b[0]))
}

describe('a table with appends, DELETE, UPDATE, MERGE, OPTIMIZE, a checkpoint and commits after it', () => {
  test('has the files, rows and transactions that Spark finds', async () => {
    using storage = folderStorage()
    const snapshot = await snapshotOf(storage, 'history')
    expect(await rowsOf(storage, snapshot)).toEqual(expected.rows)
    expect(await countRows(storage, snapshot, database)).toBe(expected.rows.length)
    expect(Object.fromEntries(snapshot.transactions)).toEqual({ first: 3, second: 4 })
    const { numFiles, sizeInBytes, partitionColumns, properties, id } = expected.detail
    expect(detailOf(storage, snapshot)).toMatchObject({
      version: 12,
      files: numFiles,
      bytes: sizeInBytes,
      partitionColumns,
      properties,
      id,
      columns: [
        { name: 'ind', type: 'integer' },
        { name: 'place', type: 'string' },
        { name: 'followers', type: 'long' },
      ],
    })
  })

  test.each([
    ['the hint for the checkpoint is gone', '_last_checkpoint', ''],
    ['the hint is no JSON', '_last_checkpoint', 'version 10'],
    ['the hint names a checkpoint that is not there', '_last_checkpoint', '{"version":11}'],
    ['there is no checkpoint', '00000000000000000010.checkpoint.parquet', ''],
  ])('is the same when %s', async (_, file, content) => {
    await using copies = await TableCopies.of('history')
    const path = join(copies.folder, 'history', '_delta_log', file)
    await (content === '' ? rm(path) : writeFile(path, content))
    using storage = folderStorage(copies.folder)
    expect(await rowsOf(storage, await snapshotOf(storage, 'history'))).toEqual(expected.rows)
  })

  test('is the same from its checkpoint alone, once the older commits are cleaned up', async () => {
    await using copies = await TableCopies.of('history')
    for (let version = 0; version <= 10; version++) await rm(copies.commit('history', version))
    using storage = folderStorage(copies.folder)
    expect(await rowsOf(storage, await snapshotOf(storage, 'history'))).toEqual(expected.rows)
    const versions: number[] = []
    for await (const { version } of readHistory(storage, 'history')) versions.push(version)
    expect(versions).toEqual([11, 12])
  })

  test('has the history that DESCRIBE HISTORY tells', async () => {
    using storage = folderStorage()
    const history: HistoryEntry[] = []
    for await (const entry of readHistory(storage, 'history')) history.unshift(entry)
    const told = ({ version, operation, operationMetrics, engineInfo }: Omit<HistoryEntry, 'at'>) => {
      return { version, operation, operationMetrics, engineInfo }
    }
    expect(history.map(told)).toEqual(expected.history.map(told))
    history.forEach(({ at }, place) => {
      // Spark takes the commit file's time, which is a little later
      expect(Math.abs(at!.getTime() - Date.parse(expected.history[place]!.timestamp))).toBeLessThan(2_000)
    })
    const rewriting = history.filter(({ removesData }) => removesData).map(({ operation }) => operation)
    expect(rewriting).toEqual(['MERGE', 'UPDATE', 'DELETE'])
  })
})

it.each([
  ['deletion-vectors', /deletion vectors \(deletionVectors\)/],
  ['column-mapping', /column mapping \(columnMapping\) by name/],
  ['v2-checkpoint', /checkpoints of version 2 \(v2Checkpoint\)/],
  ['type-widening', /reader feature typeWidening/],
])('%s is refused by name', async (table, why) => {
  using storage = folderStorage()
  const reading = readSnapshot(storage, table, database)
  await expect(reading).rejects.toMatchObject({ code: 'LAB_DATA_MISMATCH' })
  await expect(reading).rejects.toThrow(why)
})

describe('a damaged table is told as such:', () => {
  const damaged = async (change: (copies: TableCopies) => Promise<void>, why: RegExp): Promise<void> => {
    await using copies = await TableCopies.of('history')
    await change(copies)
    using storage = folderStorage(copies.folder)
    const reading = (async () => countFiles(storage, await snapshotOf(storage, 'history')))()
    await expect(reading).rejects.toMatchObject({ code: 'LAB_DATA_MISMATCH' })
    await expect(reading).rejects.toThrow(why)
  }
  const countFiles = async (storage: Storage, snapshot: Snapshot): Promise<void> =>
    takeDataFiles(storage, snapshot, snapshot.files, database, async () => Promise.resolve())
  const dataFile = async ({ folder }: TableCopies): Promise<string> => {
    const names = await readdir(join(folder, 'history', 'place=new'))
    return join(folder, 'history', 'place=new', names[0]!)
  }

  test('a commit missing after the checkpoint', async () =>
    damaged(async (copies) => rm(copies.commit('history', 11)), /goes on with version 12 .* 11 is missing/))
  test('a commit missing without a checkpoint', async () =>
    damaged(async (copies) => {
      await rm(join(copies.folder, 'history', '_delta_log', '00000000000000000010.checkpoint.parquet'))
      await rm(copies.commit('history', 5))
    }, /version 5 is missing before version 6/))
  test('a commit that is no JSON', async () =>
    damaged(
      async (copies) => copies.edit(copies.commit('history', 12), (text) => text.slice(0, -20)),
      /00000000000000000012\.json holds a line that is no action/,
    ))
  test('a data file that is not there', async () =>
    damaged(async (copies) => rm(await dataFile(copies)), /data file place=new\/part-.* is not there/))
  test('a data file of another length', async () =>
    damaged(async (copies) => writeFile(await dataFile(copies), 'short'), /has 5 bytes, its log says \d+/))
})

test('rows of files without statistics are counted in the files', async () => {
  await using copies = await TableCopies.of('history')
  await copies.edit(copies.commit('history', 12), (text) => text.replace(/,"stats":"(\\"|[^"])*"/, ''))
  using storage = folderStorage(copies.folder)
  const snapshot = await snapshotOf(storage, 'history')
  expect(snapshot.files.filter(({ records }) => records === undefined)).toHaveLength(1)
  expect(await countRows(storage, snapshot, database)).toBe(expected.rows.length)
})

test('tables are listed, and one that does not exist is none', async () => {
  using storage = folderStorage()
  expect(await listTables(storage)).toContain('history')
  expect(await readSnapshot(storage, 'nothing', database)).toBeUndefined()
  using nowhere = folderStorage('/no/such/folder')
  expect(await listTables(nowhere)).toEqual([])
})

test('a place that is neither a bucket nor a folder is refused', () => {
  expect(() => openStorage('https://example.com/delta', noS3, new AbortController().signal)).toThrow(/s3a:\/\/bucket/)
})

test('a folder is listed while its writer renames files in it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'pinlab-'))
  try {
    using storage = folderStorage(root)
    await writeFile(join(root, '0'), '')
    const written = new AbortController()
    const writing = (async () => {
      for (let n = 0; !written.signal.aborted; n++) await rename(join(root, String(n)), join(root, String(n + 1)))
    })()
    try {
      for (let n = 0; n < 500; n++) expect((await storage.files('.')).length).toBeLessThan(3)
    } finally {
      written.abort()
      await writing
    }
  } finally {
    await rm(root, { recursive: true })
  }
})
