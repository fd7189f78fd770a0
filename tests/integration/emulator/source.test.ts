import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mysqlConnection, type Connection, type RowDataPacket } from '../../../clients/mysql.ts'
import { databaseName, entities, entityNames } from '../../../contract/index.ts'
import { openSource } from '../../../emulator/source.ts'
import { datasetRow } from '../../../seed/dataset.ts'
import { loadDataset } from '../../../seed/load.ts'
import { startMysql, type TestMysql } from '../../support/services.ts'

const spec = { seed: 42, size: 11_154 }
const { signal } = new AbortController()
const rows = [0, 1, 7528, 2863, 11_153, 5_000, 0, ...Array.from({ length: 300 }, (_, i) => i * 37)]

let mysql: TestMysql
let root: Connection
const reader = () => ({ host: mysql.host, port: mysql.port, ...mysql.reader })

beforeAll(async () => {
  mysql = await startMysql({ port: 17_306 })
  root = await mysqlConnection({ host: mysql.host, port: mysql.port, user: 'root', password: mysql.rootPassword })
  await loadDataset(root, spec)
  await root.changeUser({ database: databaseName })
})
afterAll(async () => {
  await root.end()
  await mysql[Symbol.asyncDispose]()
})

/** What the course's script reads, but ordered. */
const courseRow = async (name: keyof typeof entities, row: number): Promise<unknown> => {
  const { table, keyColumn } = entities[name]
  const [found] = await root.query<RowDataPacket[]>(
    `SELECT * FROM ${table} ORDER BY \`${keyColumn}\` LIMIT ${String(row)}, 1`,
  )
  return found[0]
}

describe('the source', () => {
  test('reads the rows of the data set, columns in order and values as JSON takes them', async () => {
    await using source = await openSource(reader(), signal)
    expect(source.rowCounts).toEqual({ pin: 11_154, geo: 11_154, user: 11_154 })
    const posts = await source.read(rows)
    expect(posts.size).toBe(new Set(rows).size)
    for (const [row, post] of posts) {
      const truth = datasetRow(spec, row)
      for (const name of entityNames) {
        expect(JSON.stringify(post.rows[name])).toBe(JSON.stringify(truth[name].row))
        expect(Object.keys(post.rows[name])).toEqual(entities[name].columns)
        expect(post.ind[name]).toBe(row)
      }
    }
  })

  test('waits for a MySQL that is being restarted', async () => {
    await using source = await openSource(reader(), signal)
    await source.read([1])
    await mysql.kill()
    const reading = source.read([2])
    await mysql.restart()
    expect((await reading).get(2)?.ind.pin).toBe(2)
    await root.end().catch(() => undefined)
    root = await mysqlConnection({
      host: mysql.host,
      port: mysql.port,
      user: 'root',
      password: mysql.rootPassword,
      database: databaseName,
    })
  })

  test('says who may not read', async () => {
    const stranger = { ...reader(), password: 'wrong' }
    await expect(openSource(stranger, signal)).rejects.toMatchObject({
      code: 'LAB_EMULATION_FAILED',
      what: expect.stringContaining('project_user') as string,
      why: expect.stringContaining('Access denied') as string,
    })
  })

  test('takes the position and not the key where keys have gaps', async () => {
    for (const name of entityNames) {
      const { table, keyColumn } = entities[name]
      await root.query(`DELETE FROM ${table} WHERE \`${keyColumn}\` % 7 = 3 OR \`${keyColumn}\` < 5`)
    }
    await using source = await openSource(reader(), signal)
    const positions = [0, 1, 2, 3, 4, 5, 6, 100, 9_000, source.rowCounts.pin - 1]
    const posts = await source.read(positions)
    for (const [row, post] of posts) {
      for (const name of entityNames) expect(post.rows[name]).toEqual(await courseRow(name, row))
    }
    expect(posts.get(0)?.ind).toEqual({ pin: 5, geo: 5, user: 5 })
  })

  test('says which row is gone when the tables change under it', async () => {
    await using source = await openSource(reader(), signal)
    await root.query('DELETE FROM user_data WHERE ind = 5')
    await expect(source.read([0])).rejects.toMatchObject({
      code: 'LAB_DATA_MISMATCH',
      what: 'user_data has no row with ind 5 any more',
    })
  })

  test('says which table is empty', async () => {
    await root.query('DELETE FROM geolocation_data')
    await expect(openSource(reader(), signal)).rejects.toMatchObject({
      code: 'LAB_DATA_MISMATCH',
      what: 'the source table geolocation_data is empty',
    })
  })
})
