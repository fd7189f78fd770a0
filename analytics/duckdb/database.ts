import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api'

export type SqlValue = string | number | boolean | null | SqlValue[]
export type SqlRow = Record<string, SqlValue>

export interface Database extends AsyncDisposable {
  readonly connection: DuckDBConnection
  /** Runs a script of one or several statements. */
  run(sql: string): Promise<void>
  /** Rows as plain values: 64-bit integers as numbers, timestamps as `YYYY-MM-DD HH:MM:SS`. */
  select(sql: string): Promise<SqlRow[]>
}

// What DuckDB may hold before it spills to its temporary folder. With Node's own heap it stays within 2 GiB.
const memoryLimit = '1GiB'

/** An in-memory DuckDB with a temporary folder of its own; aborting the signal interrupts what runs. */
export async function openDatabase(signal: AbortSignal): Promise<Database> {
  signal.throwIfAborted()
  const folder = await mkdtemp(join(tmpdir(), 'pinlab-duckdb-'))
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(Math.min(availableParallelism(), 4)),
    memory_limit: memoryLimit,
    temp_directory: folder,
    preserve_insertion_order: 'false',
  })
  const connection = await instance.connect()
  const interrupt = (): void => {
    connection.interrupt()
  }
  signal.addEventListener('abort', interrupt, { once: true })
  const unlessAborted = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      signal.throwIfAborted()
      throw error
    }
  }
  return {
    connection,
    run: async (sql) => {
      signal.throwIfAborted()
      await unlessAborted(connection.run(sql))
    },
    select: async (sql) => {
      signal.throwIfAborted()
      const reader = await unlessAborted(connection.runAndReadAll(sql))
      return reader.getRowObjects().map((row) => mapValues(row))
    },
    [Symbol.asyncDispose]: async () => {
      signal.removeEventListener('abort', interrupt)
      connection.closeSync()
      instance.closeSync()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const mapValues = (row: Record<string, DuckDBValue>): SqlRow =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plain(value)]))

function plain(value: DuckDBValue): SqlValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  if (typeof value === 'bigint') return Number(value)
  if ('items' in value) return value.items.map(plain)
  return String(value)
}
