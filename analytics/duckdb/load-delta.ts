import {
  deltaTableName,
  entityNames,
  LabError,
  quarantineTableName,
  streamName,
  type EntityName,
} from '../../contract/index.ts'
import { readParquet, takeDataFiles } from '../delta/data-files.ts'
import { readSnapshot, type Snapshot } from '../delta/snapshot.ts'
import { type Storage } from '../delta/storage.ts'
import { type Database } from './database.ts'
import { sqlText } from './sql-text.ts'

/** Where a record stood in its stream, and what rule 11 says of it: no column of the clean tables. */
const placeColumns = ['object_key', 'topic', 'partition', 'offset', 'rejected_value', 'rejected', 'arrived_at']

/**
 * Makes `pin_records`, `geo_records` and `user_records` in the shape that clean/<entity>.sql gives them, without a row: the shard
 * stands for the object, the sequence number for the offset, and `arrived_at` is one column more. Whatever had these names is gone.
 */
export async function createStreamRecords(database: Database): Promise<void> {
  await database.run(await sqlText.prelude())
  for (const entity of entityNames) {
    await database.run(
      `CREATE OR REPLACE TABLE ${entity}_records AS
       WITH raw_${entity} AS (SELECT '' AS object_key, '' AS topic, 0 AS partition, '' AS "offset", '' AS value LIMIT 0)
       SELECT *, NULL::TIMESTAMP AS arrived_at FROM (${await sqlText.clean(entity)});
       ALTER TABLE ${entity}_records ALTER fingerprint TYPE BIGINT`,
    )
  }
}

/**
 * Adds a clean or a quarantine table to the records; nothing when the stream job has not made it yet.
 * @throws LabError LAB_DATA_MISMATCH when it cannot be read, or has not the columns of the stream job's tables
 */
export async function loadDeltaTable(
  database: Database,
  storage: Storage,
  userId: string,
  entity: EntityName,
  kind: 'clean' | 'quarantine',
): Promise<Snapshot | undefined> {
  const table = kind === 'clean' ? deltaTableName(userId, entity) : quarantineTableName(userId, entity)
  const snapshot = await readSnapshot(storage, table, database)
  if (!snapshot) return undefined
  const described = await database.select(`DESCRIBE ${entity}_records`)
  const own = described.map((row) => String(row['column_name'])).filter((column) => !placeColumns.includes(column))
  const columns = kind === 'clean' ? own : ['stream', 'reason', 'value']
  checkColumns(snapshot, [...columns, 'shard_id', 'sequence_number', 'arrived_at'])
  const values =
    kind === 'clean'
      ? `'${streamName(userId, entity)}' AS topic, ${columns.map((column) => `"${column}"`).join(', ')}`
      : 'stream AS topic, reason AS rejected, value AS rejected_value'
  await takeDataFiles(storage, snapshot, snapshot.files, database, async (paths) =>
    database.run(
      `INSERT INTO ${entity}_records BY NAME
       SELECT shard_id AS object_key, 0 AS partition, sequence_number AS "offset", arrived_at, ${values}
       FROM ${readParquet(paths)}`,
    ),
  )
  return snapshot
}

function checkColumns({ table, schema }: Snapshot, expected: readonly string[]): void {
  const names = new Set(schema.map(({ name }) => name))
  const missing = expected.filter((column) => !names.has(column))
  if (missing.length === 0) return
  throw new LabError('LAB_DATA_MISMATCH', {
    what: `the Delta table ${table} is not the stream job's`,
    why: `it has no column ${missing.join(', ')}`,
    fix: 'delete the table, or give the lab another tablesUri, and let the stream job make it',
  })
}
