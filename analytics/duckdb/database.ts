import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api'

export type SqlValue = string | number | boolean | null | SqlValue[]
export type SqlRow = Record<string, SqlValue>

export interface Database extends AsyncDisposable {
  readonly connection: DuckDBConnection
  /** Its temporary folder, gone with it. */
  readonly folder: string
  /** Runs work on the connection: disposal waits for it, as closing a connection at work ends the process. */
  during<T>(work: () => Promise<T>): Promise<T>
  /** Runs a script of one or several statements. */
  run(sql: string): Promise<void>
  /** Rows as plain values: 64-bit integers as numbers, timestamps as `YYYY-MM-DD HH:MM:SS`. */
  select(sql: string): Promise<SqlRow[]>
}

export const queryThreads = Math.min(availableParallelism(), 4)

// What DuckDB may hold before it spills to its temporary folder. With Node's own heap it stays within 2 GiB.
const memoryLimit = '1GiB'

/** An in-memory DuckDB with a temporary folder of its own; aborting the signal interrupts what runs. */
export async function openDatabase(signal: AbortSignal): Promise<Database> {
  signal.throwIfAborted()
  const folder = await mkdtemp(join(tmpdir(), 'pinlab-duckdb-'))
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(queryThreads),
    memory_limit: memoryLimit,
    temp_directory: folder,
    preserve_insertion_order: 'false',
  })
  const connection = await instance.connect()
  const interrupt = (): void => {
    connection.interrupt()
  }
  signal.addEventListener('abort', interrupt, { once: true })
  const running = new Set<Promise<unknown>>()
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted()
    const started = work()
    running.add(started)
    try {
      return await started
    } catch (error) {
      signal.throwIfAborted()
      throw error
    } finally {
      running.delete(started)
    }
  }
  return {
    connection,
    folder,
    during,
    run: async (sql) => {
      await during(async () => connection.run(sql))
    },
    select: async (sql) => {
      const reader = await during(async () => connection.runAndReadAll(sql))
      return reader.getRowObjects().map((row) => mapValues(row))
    },
    [Symbol.asyncDispose]: async () => {
      signal.removeEventListener('abort', interrupt)
      if (running.size > 0) connection.interrupt()
      await Promise.allSettled(running)
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
