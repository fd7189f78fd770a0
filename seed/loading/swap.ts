import { type Readable } from 'node:stream'
import { type Connection, type ResultSetHeader, type RowDataPacket } from '../../clients/mysql.ts'
import { databaseName, entities, entityNames, LabError, type EntityName } from '../../contract/index.ts'
import { type DatasetIdentity, identityComment } from '../identity.ts'
import { explainFailure } from './failure.ts'
import { createTables } from './schema.ts'

/** Holds tables while they are loaded, so that the pipeline's database holds the three and nothing else. */
const loadingDatabase = 'pinlab_loading'
const lockName = 'pinlab.seed'
const lockTimeoutSeconds = 10
/** How long the swap waits for somebody's open read of the tables. */
const swapTimeoutSeconds = 60

/** Opens the lines of one table (`rowLine`). */
export type TableSource = (entity: EntityName) => Readable

/**
 * Loads the three tables beside the ones in use and exchanges them in one statement: readers see all of the old data or all of
 * the new, and a load that fails or is killed leaves the old data as they were.
 * @param connection of an account that may create databases
 * @param identity written into the tables; its size is checked against the rows that were loaded
 * @throws LabError LAB_ALREADY_RUNNING while another load runs; LAB_INTERRUPTED, LAB_DISK_FULL, LAB_SERVICE_FAILED
 */
export async function loadTables(
  connection: Connection,
  source: TableSource,
  identity: DatasetIdentity,
): Promise<void> {
  try {
    await lock(connection)
    try {
      await connection.query(`DROP DATABASE IF EXISTS ${loadingDatabase}`)
      await connection.query(`CREATE DATABASE ${loadingDatabase} CHARACTER SET utf8mb4`)
      await connection.query(`CREATE DATABASE IF NOT EXISTS ${databaseName} CHARACTER SET utf8mb4`)
      await createTables(connection, loadingDatabase)
      for (const entity of entityNames) await fill(connection, entity, source(entity), identity)
      await swap(connection)
    } finally {
      // on a lost connection both fail: the server frees the lock itself, and the next load drops what is left
      await Promise.allSettled([
        connection.query(`DROP DATABASE IF EXISTS ${loadingDatabase}`),
        connection.query('DO RELEASE_LOCK(?)', [lockName]),
      ])
    }
  } catch (error) {
    throw explainFailure(error)
  }
}

async function lock(connection: Connection): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT GET_LOCK(?, ?) AS locked', [
    lockName,
    lockTimeoutSeconds,
  ])
  if (rows[0]?.['locked'] === 1) return
  throw new LabError('LAB_ALREADY_RUNNING', {
    what: 'the source tables cannot be loaded now',
    why: 'another load of this lab is still running',
    fix: 'wait until it ends, then try again',
  })
}

async function fill(
  connection: Connection,
  entity: EntityName,
  lines: Readable,
  identity: DatasetIdentity,
): Promise<void> {
  const { table } = entities[entity]
  await connection.query(`ALTER TABLE ${loadingDatabase}.${table} COMMENT = ?`, [identityComment(identity)])
  // with both checks off MariaDB fills an empty table in bulk, without an undo record a row; a double key still fails
  await connection.query('SET SESSION unique_checks = 0, foreign_key_checks = 0')
  const [result] = await connection.query<ResultSetHeader>({
    sql: `LOAD DATA LOCAL INFILE '${entity}' INTO TABLE ${loadingDatabase}.${table} CHARACTER SET utf8mb4`,
    infileStreamFactory: () => lines,
  })
  await connection.query('SET SESSION unique_checks = 1, foreign_key_checks = 1')
  if (result.affectedRows === identity.size && result.warningStatus === 0) return
  const [warnings] = await connection.query<RowDataPacket[]>('SHOW WARNINGS LIMIT 3')
  throw new LabError('LAB_SERVICE_FAILED', {
    what: `MySQL took ${String(result.affectedRows)} of ${String(identity.size)} rows into ${table}`,
    why: warnings.map((warning) => String(warning['Message'])).join('; ') || 'it gave no reason',
    fix: 'see the MySQL log ("lab logs mysql"); the tables are as they were',
  })
}

async function swap(connection: Connection): Promise<void> {
  const [present] = await connection.query<RowDataPacket[]>(
    'SELECT table_name AS `table` FROM information_schema.tables WHERE table_schema = ?',
    [databaseName],
  )
  const isPresent = (table: string): boolean => present.some((row) => row['table'] === table)
  const renames = entityNames.flatMap((entity) => {
    const { table } = entities[entity]
    const away = isPresent(table) ? [`${databaseName}.${table} TO ${loadingDatabase}.previous_${table}`] : []
    return [...away, `${loadingDatabase}.${table} TO ${databaseName}.${table}`]
  })
  await connection.query(`SET SESSION lock_wait_timeout = ${String(swapTimeoutSeconds)}`)
  await connection.query(`RENAME TABLE ${renames.join(', ')}`)
}
