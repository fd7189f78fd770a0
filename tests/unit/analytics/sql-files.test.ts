import type * as fs from 'node:fs/promises'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { answersOf, aPost } from './cleaned.ts'

const opened = vi.hoisted(() => new Set<string>())
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>()
  return {
    ...real,
    readFile: async (path: string, encoding: 'utf8') => {
      opened.add(path)
      return real.readFile(path, encoding)
    },
  }
})

const folder = join(import.meta.dirname, '../../../analytics/sql')
const sqlFiles = async (): Promise<string[]> => {
  const names = await readdir(folder, { recursive: true })
  return names.filter((name) => name.endsWith('.sql')).sort()
}
const text = async (file: string): Promise<string> => readFile(join(folder, file), 'utf8')

afterAll(() => {
  vi.resetModules()
})

test('every SQL file but the Spark prelude is run by DuckDB', async () => {
  opened.clear()
  await answersOf(aPost(1))
  await answersOf(aPost(1), 'naive')
  const run = [...opened].map((path) => path.slice(folder.length + 1)).filter((path) => path.endsWith('.sql'))
  expect([...new Set(run)].sort()).toEqual((await sqlFiles()).filter((file) => file !== 'prelude.spark.sql'))
})

test('both preludes define the same helpers, but those that Spark has of its own', async () => {
  const helpers = async (file: string): Promise<string[]> =>
    [...(await text(file)).matchAll(/CREATE OR REPLACE TEMPORARY (?:MACRO|FUNCTION) (\w+)/g)].map(([, name]) => name!)
  const ofSparkItself = ['regexp_like']
  const duckdb = await helpers('prelude.duckdb.sql')
  expect((await helpers('prelude.spark.sql')).concat(ofSparkItself).sort()).toEqual(duckdb.sort())
})

test('the shared text keeps to what both engines read alike', async () => {
  for (const file of await sqlFiles()) {
    if (file.startsWith('prelude.')) continue
    const sql = (await text(file)).replaceAll(/--.*/g, '')
    const found =
      /\\|`|"|::|\brlike\b|\barray\(|\bvarchar\b|regexp_replace|regexp_matches|json_extract|\bqualify\b/i.exec(sql)
    expect([file, found?.[0]]).toEqual([file, undefined])
  }
})

test('a semicolon only ends a statement, so that a script can be split at it', async () => {
  for (const file of await sqlFiles()) {
    const comments = [...(await text(file)).matchAll(/--.*/g)].map(([comment]) => comment)
    expect([file, comments.filter((comment) => comment.includes(';'))]).toEqual([file, []])
  }
})
