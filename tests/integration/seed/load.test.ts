import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { mysqlConnection, type Connection, type MysqlOptions, type RowDataPacket } from '../../../clients/mysql.ts'
import { entities, entityNames, type LabError } from '../../../contract/index.ts'
import { datasetRow, generateDataset } from '../../../seed/dataset.ts'
import { datasetIdentity } from '../../../seed/identity.ts'
import { loadImport, stageImport } from '../../../seed/import.ts'
import { loadDataset } from '../../../seed/load.ts'
import { loadTruth } from '../../../seed/truth-source.ts'
import { truthOf } from '../../../seed/truth.ts'
import { startMysql, type TestMysql } from '../../support/services.ts'

const port = 16_306
let mysql: TestMysql
let rootOptions: MysqlOptions
let readerOptions: MysqlOptions
let root: Connection
let reader: Connection

beforeAll(async () => {
  mysql = await startMysql({ port })
  rootOptions = { host: mysql.host, port, user: 'root', password: mysql.rootPassword }
  readerOptions = { host: mysql.host, port, ...mysql.reader, database: 'pinterest_data' }
})
afterAll(async () => {
  await mysql[Symbol.asyncDispose]()
})
beforeEach(async () => {
  root = await mysqlConnection(rootOptions)
  reader = await mysqlConnection(readerOptions)
})
afterEach(() => {
  root.destroy()
  reader.destroy()
})

const before = { seed: 11, size: 300 }

async function select(connection: Connection, sql: string): Promise<RowDataPacket[]> {
  const [rows] = await connection.query<RowDataPacket[]>(sql)
  return rows
}

/** The tables hold `before`, whole, and say so. */
async function expectUntouched(): Promise<void> {
  expect(await datasetIdentity(reader)).toMatchObject({ kind: 'generated', ...before })
  for (const entity of entityNames) {
    const rows = await select(reader, `SELECT * FROM ${entities[entity].table} ORDER BY 1 LIMIT 3`)
    expect(rows).toEqual([0, 1, 2].map((ind) => datasetRow(before, ind)[entity].row))
    expect(await select(reader, `SELECT COUNT(*) AS n FROM ${entities[entity].table}`)).toEqual([{ n: before.size }])
  }
}

async function failureOf(action: Promise<unknown>): Promise<LabError> {
  return action.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error as LabError,
  )
}

test('the reader reads back every row as it was generated: floats, emoji, newlines, times', async () => {
  const spec = { seed: 1, size: 11_154 }
  const progress: number[] = []
  await loadDataset(root, spec, { onProgress: (posts) => progress.push(posts) })
  expect(await datasetIdentity(reader)).toMatchObject({ kind: 'generated', ...spec })
  expect(progress.at(-1)).toBe(10_000)
  const rows = [...generateDataset(spec)]
  for (const entity of entityNames) {
    const { table, keyColumn } = entities[entity]
    const read = await select(reader, `SELECT * FROM ${table} ORDER BY \`${keyColumn}\``)
    expect(read.length).toBe(rows.length)
    const differing = rows.filter((row, place) => JSON.stringify(row[entity].row) !== JSON.stringify(read[place]))
    expect(differing).toEqual([])
  }
})

test('the database holds the course’s three tables and nothing else, in its column order', async () => {
  const tables = await select(reader, 'SHOW TABLES')
  expect(tables.flatMap((row) => Object.values(row) as string[]).sort()).toEqual([
    'geolocation_data',
    'pinterest_data',
    'user_data',
  ])
  const databases = await select(root, 'SHOW DATABASES')
  expect(databases.flatMap((row) => Object.values(row) as string[])).not.toContain('pinlab_loading')
  for (const entity of entityNames) {
    const columns = await select(reader, `SHOW COLUMNS FROM ${entities[entity].table}`)
    expect(columns.map((column) => String(column['Field']))).toEqual(entities[entity].columns)
    const key = columns.find((column) => column['Key'] === 'PRI')
    expect(key?.['Field']).toBe(entities[entity].keyColumn)
  }
  const types = await select(
    reader,
    "SELECT DISTINCT data_type AS t FROM information_schema.columns WHERE table_schema = 'pinterest_data' ORDER BY 1",
  )
  expect(types.map((row) => String(row['t']))).toEqual(['datetime', 'float', 'int', 'text', 'varchar'])
})

test('a data set that is there already is not loaded again; another one takes its place', async () => {
  const first = await loadDataset(root, before)
  expect(await loadDataset(root, before)).toEqual(first)
  await loadDataset(root, { ...before, seed: 12 })
  expect(await datasetIdentity(reader)).toMatchObject({ seed: 12 })
  await loadDataset(root, before)
  await expectUntouched()
})

test('tables that are not of one load are no data set', async () => {
  await loadDataset(root, before)
  await root.query("ALTER TABLE pinterest_data.user_data COMMENT = ''")
  expect(await datasetIdentity(reader)).toBeUndefined()
  await root.query('DROP TABLE pinterest_data.geolocation_data')
  expect(await datasetIdentity(reader)).toBeUndefined()
  await loadDataset(root, before)
  await expectUntouched()
})

test('an interrupted load leaves the old data, and the next one is none the worse', async () => {
  await loadDataset(root, before)
  const stop = new AbortController()
  const load = loadDataset(
    root,
    { seed: 13, size: 60_000 },
    {
      signal: stop.signal,
      onProgress: () => {
        stop.abort()
      },
    },
  )
  expect((await failureOf(load)).code).toBe('LAB_INTERRUPTED')
  await expectUntouched()
  await loadDataset(root, { seed: 13, size: 400 })
  expect(await datasetIdentity(reader)).toMatchObject({ seed: 13, size: 400 })
})

test('a load whose server is killed half-way leaves the old data', async () => {
  await loadDataset(root, before)
  let killed: Promise<void> | undefined
  const load = loadDataset(
    root,
    { seed: 14, size: 200_000 },
    {
      onProgress: () => {
        killed ??= mysql.kill()
      },
    },
  )
  expect((await failureOf(load)).code).toBe('LAB_SERVICE_FAILED')
  await killed
  await mysql.restart()
  reader = await mysqlConnection(readerOptions)
  await expectUntouched()
})

test('a load whose process is killed half-way leaves the old data, and its lock and leftovers stop nobody', async () => {
  await loadDataset(root, before)
  const file = (path: string): string =>
    JSON.stringify(pathToFileURL(resolve(import.meta.dirname, '../../..', path)).href)
  const child = spawn(
    process.execPath,
    [
      '--input-type=module-typescript',
      '--eval',
      `import { mysqlConnection } from ${file('clients/mysql.ts')}
       import { loadDataset } from ${file('seed/load.ts')}
       const connection = await mysqlConnection(${JSON.stringify(rootOptions)})
       await loadDataset(connection, { seed: 15, size: 1_000_000 }, { onProgress: () => console.log('under way') })`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  await expectUntouched()
  await loadDataset(root, { seed: 16, size: 500 })
  expect(await datasetIdentity(reader)).toMatchObject({ seed: 16, size: 500 })
})

test('a reader sees the old three tables or the new three, never a mixture', async () => {
  await loadDataset(root, before)
  const sets = [before, { seed: 17, size: 300 }].map((spec) => {
    const { pin, user } = datasetRow(spec, 0)
    return `${pin.row.unique_id} ${user.row.date_joined}`
  })
  const progress = { isDone: false }
  const load = loadDataset(root, { seed: 17, size: 300 }).finally(() => {
    progress.isDone = true
  })
  const seen = new Set<string>()
  const look = async (): Promise<void> => {
    const rows = await select(
      reader,
      'SELECT p.unique_id AS id, u.date_joined AS joined FROM pinterest_data p, user_data u WHERE p.`index` = 0 AND u.ind = 0',
    )
    seen.add(rows.map((row) => `${String(row['id'])} ${String(row['joined'])}`).join())
  }
  while (!progress.isDone) await look()
  await load
  await look()
  expect([...seen].sort()).toEqual(sets.sort())
})

test('the truth of generated rows is the generator’s; inds beyond the data are left out', async () => {
  await loadDataset(root, before)
  const truth = await loadTruth(readerOptions, [5, 299, 5, 300, -1])
  expect([...truth.keys()]).toEqual([5, 299])
  expect(truth.get(299)).toEqual(datasetRow(before, 299))
})

test('rows of another generator are not judged by this one’s truth', async () => {
  const identity = await loadDataset(root, before)
  const comment = JSON.stringify({ ...identity, digest: 'of an older generator' })
  for (const entity of entityNames)
    await root.query(`ALTER TABLE pinterest_data.${entities[entity].table} COMMENT = ?`, [comment])
  expect((await failureOf(loadTruth(readerOptions, [1]))).code).toBe('LAB_DATA_MISMATCH')
  await loadDataset(root, before)
  expect((await loadTruth(readerOptions, [1])).size).toBe(1)
})

test('an import is loaded from where it is held, once, and its truth comes from its rows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pinlab-import-'))
  try {
    const source = join(folder, 'source')
    const held = join(folder, 'held')
    await mkdir(source)
    await writeFile(
      join(source, 'geolocation_data.csv'),
      'ind,timestamp,latitude,longitude,country\n30,2021-09-26 19:49:23,12.345678,-91.5,Bénin\n4,2021-09-26 19:49:24,99,0,\n',
    )
    await writeFile(
      join(source, 'user_data.csv'),
      'ind,first_name,last_name,age,date_joined\n4,"Zoë\n""💕""",\\N,20,2015-10-21 21:26:45\n30,Adam,,200,2015-10-21 21:26:46\n',
    )
    await stageImport(source, held)
    const identity = await loadImport(held, root)
    expect(identity).toMatchObject({ kind: 'imported', size: 2, generated: ['pin'] })
    expect(await loadImport(held, root)).toEqual(identity)
    expect(await datasetIdentity(reader)).toEqual(identity)
    const truth = await loadTruth(readerOptions, [30, 4, 5])
    expect([...truth.keys()]).toEqual([30, 4])
    expect(truth.get(30)!.geo).toEqual({
      row: { ind: 30, timestamp: '2021-09-26 19:49:23', latitude: 12.3457, longitude: -91.5, country: 'Bénin' },
      clean: { ind: 30, country: 'Bénin', coordinates: [12.3457, -91.5], timestamp: '2021-09-26 19:49:23' },
    })
    expect(truth.get(30)!.user.clean).toMatchObject({ user_name: 'Adam', age: null })
    expect(truth.get(4)!.geo.clean).toMatchObject({ country: null, coordinates: null })
    expect(truth.get(4)!.user.row).toMatchObject({ first_name: 'Zoë\n"💕"', last_name: '\\N' })
    const { pin } = truth.get(4)!
    expect(pin.row).toMatchObject({ index: 4, category: 'art' })
    expect(pin.clean).toEqual(truthOf('pin', pin.row))
  } finally {
    await rm(folder, { recursive: true })
  }
})
