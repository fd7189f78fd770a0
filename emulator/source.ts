import { setMaxListeners } from 'node:events'
import { mysqlPool, type MysqlOptions, type Pool, type RowDataPacket } from '../clients/mysql.ts'
import { databaseName, entities, entityNames, LabError, type Entity, type EntityName } from '../contract/index.ts'
import { isErrnoException } from './errno.ts'
import { Attempts, type RetryPolicy } from './retry.ts'

/** Columns in `SELECT *` order; datetimes as `YYYY-MM-DD HH:MM:SS`, the other texts and numbers as JSON takes them. */
export type SourceRow = Readonly<Record<string, string | number | null>>

export interface SourcePost {
  /** The key's value in each table; the same in all three unless the tables do not match. */
  readonly ind: Readonly<Record<EntityName, number>>
  readonly rows: Readonly<Record<EntityName, SourceRow>>
}

export interface Source extends AsyncDisposable {
  /** Rows of each table; a post can be made of as many as the smallest has. */
  readonly rowCounts: Readonly<Record<EntityName, number>>
  /**
   * The posts at these positions of the tables, ordered by their key: what `SELECT * … ORDER BY key LIMIT row, 1` gives.
   * @param rows 0-based positions, each below the smallest row count; some thousands at most
   */
  read(rows: readonly number[]): Promise<ReadonlyMap<number, SourcePost>>
}

/** A database that restarts is there again within seconds; the server's own start takes at most this long. */
const retryPolicy: RetryPolicy = { firstDelayMs: 100, maxDelayMs: 2_000, giveUpAfterMs: 30_000 }

const retriableErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
])

/** Keys of a page while the positions of a table with gaps are learnt. */
const keysPerPage = 100_000

/**
 * Opens the three source tables. Where a table's keys are 0, 1, 2, … a position is the key itself; else its keys are read
 * once, 4 bytes a row.
 * @throws LabError LAB_EMULATION_FAILED when MySQL does not answer, LAB_DATA_MISMATCH when a table is empty
 */
export async function openSource(options: MysqlOptions, signal: AbortSignal): Promise<Source> {
  const query = queryOf(options, signal)
  try {
    const tables = await Promise.all(entityNames.map(async (name) => openTable(query, entities[name])))
    const [pin, geo, user] = tables as [Table, Table, Table]
    return {
      rowCounts: { pin: pin.rowCount, geo: geo.rowCount, user: user.rowCount },
      read: async (rows) => {
        const distinct = [...new Set(rows)]
        const [pins, geos, users] = await Promise.all([pin.read(distinct), geo.read(distinct), user.read(distinct)])
        return new Map(
          distinct.map((row, i) => {
            const [p, g, u] = [pins[i], geos[i], users[i]] as [KeyedRow, KeyedRow, KeyedRow]
            return [
              row,
              { ind: { pin: p.ind, geo: g.ind, user: u.ind }, rows: { pin: p.row, geo: g.row, user: u.row } },
            ]
          }),
        )
      },
      [Symbol.asyncDispose]: () => query.end(),
    }
  } catch (error) {
    // a pool whose connections could not be made rejects its end for the same reason
    await Promise.allSettled([query.end()])
    throw error
  }
}

interface KeyedRow {
  readonly ind: number
  readonly row: SourceRow
}

interface Table {
  readonly rowCount: number
  read(rows: readonly number[]): Promise<KeyedRow[]>
}

async function openTable(query: Query, { table, keyColumn }: Entity): Promise<Table> {
  const key = `\`${keyColumn}\``
  const [extent] = await query(`SELECT COUNT(*) AS n, MIN(${key}) AS low, MAX(${key}) AS high FROM \`${table}\``)
  const rowCount = Number(extent?.['n'])
  if (rowCount === 0) {
    throw new LabError('LAB_DATA_MISMATCH', {
      what: `the source table ${table} is empty`,
      why: 'there is nothing to post: it was never filled, or an import went wrong',
      fix: 'start the lab with "make up", which fills it, or import your own tables',
    })
  }
  const isDense = extent?.['low'] === 0 && extent['high'] === rowCount - 1
  const keys = isDense ? undefined : await keysByPosition(query, table, key, rowCount)
  const keyAt = (row: number): number => keys?.[row] ?? row
  return {
    rowCount,
    read: async (rows) => {
      const found = new Map<number, SourceRow>()
      for (const row of await query(`SELECT * FROM \`${table}\` WHERE ${key} IN (?)`, [rows.map(keyAt)])) {
        found.set(Number(row[keyColumn]), row)
      }
      return rows.map((position) => {
        const ind = keyAt(position)
        const row = found.get(ind)
        if (!row) throw changed(table, keyColumn, ind)
        return { ind, row }
      })
    },
  }
}

async function keysByPosition(query: Query, table: string, key: string, rowCount: number): Promise<Int32Array> {
  const keys = new Int32Array(rowCount)
  let filled = 0
  let last: number | undefined
  while (filled < rowCount) {
    const after = last === undefined ? '' : `WHERE ${key} > ${String(last)}`
    const page = await query(
      `SELECT ${key} AS k FROM \`${table}\` ${after} ORDER BY ${key} LIMIT ${String(keysPerPage)}`,
    )
    if (page.length === 0) throw changed(table, key, last ?? 0)
    for (const { k } of page.slice(0, rowCount - filled)) {
      last = Number(k)
      keys[filled] = last
      filled += 1
    }
  }
  return keys
}

type Query = ((sql: string, values?: unknown[]) => Promise<SourceRow[]>) & { end(): Promise<void> }

/** Queries in the text protocol, where a FLOAT comes with the digits that MySQL shows and not as the nearest double. */
function queryOf(options: MysqlOptions, signal: AbortSignal): Query {
  const pool: Pool = mysqlPool({ database: databaseName, ...options }, entityNames.length)
  setMaxListeners(0, signal)
  const query = async (sql: string, values: unknown[] = []): Promise<SourceRow[]> => {
    const attempts = new Attempts(retryPolicy)
    for (;;) {
      try {
        const [rows] = await pool.query<RowDataPacket[]>(sql, values)
        return rows
      } catch (error) {
        if (!isErrnoException(error)) throw error
        const mayPass = retriableErrors.has(error.code ?? '')
        if (!mayPass || !(await attempts.waitForNext(signal))) throw unreadable(options, error)
      }
    }
  }
  return Object.assign(query, { end: () => pool.end() })
}

const unreadable = ({ host, port, user }: MysqlOptions, cause: NodeJS.ErrnoException): LabError =>
  new LabError('LAB_EMULATION_FAILED', {
    what: `the source tables could not be read from MySQL at ${host}:${String(port)} as ${user}`,
    why: cause.message === '' ? (cause.code ?? 'no reason given') : cause.message,
    fix: 'see "lab status" and "lab logs mysql"; once MySQL answers, the same command goes on where this one stopped',
    cause,
  })

const changed = (table: string, keyColumn: string, ind: number): LabError =>
  new LabError('LAB_DATA_MISMATCH', {
    what: `${table} has no row with ${keyColumn} ${String(ind)} any more`,
    why: 'the tables were changed while posts were being made of them',
    fix: 'give the command again: it reads the tables as they are now',
  })
