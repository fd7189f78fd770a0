import { deltaTableName, entityNames, LabError, quarantineTableName, type EntityName } from '../../../contract/index.ts'
import { readHistory, type HistoryEntry } from '../../delta/history.ts'
import { type Snapshot } from '../../delta/snapshot.ts'
import { type Storage } from '../../delta/storage.ts'
import { type Database } from '../../duckdb/database.ts'
import { createStreamRecords, loadDeltaTable } from '../../duckdb/load-delta.ts'

/** One of the six tables as verify found it. */
export interface DeltaTable {
  readonly name: string
  readonly entity: EntityName
  readonly kind: 'clean' | 'quarantine'
  /** Undefined when there is no such table, or it cannot be read. */
  readonly snapshot: Snapshot | undefined
  /** Oldest first, as far as the log still holds it. */
  readonly history: readonly HistoryEntry[]
  /** Why it cannot be read. */
  readonly unreadable: string | undefined
}

/**
 * Loads the tables into <entity>_records, and makes the view `delta` of all their records. A table that cannot be read is left out
 * with the reason: that is a finding, no end of the verification.
 */
export async function loadDelta(database: Database, storage: Storage, userId: string): Promise<DeltaTable[]> {
  await createStreamRecords(database)
  await database.run(deltaView)
  const tables: DeltaTable[] = []
  for (const entity of entityNames) {
    for (const kind of ['clean', 'quarantine'] as const) {
      tables.push(await loadTable(database, storage, userId, entity, kind))
    }
  }
  return tables
}

async function loadTable(
  database: Database,
  storage: Storage,
  userId: string,
  entity: EntityName,
  kind: DeltaTable['kind'],
): Promise<DeltaTable> {
  const name = kind === 'clean' ? deltaTableName(userId, entity) : quarantineTableName(userId, entity)
  const history: HistoryEntry[] = []
  try {
    const snapshot = await loadDeltaTable(database, storage, userId, entity, kind)
    for await (const entry of readHistory(storage, name))
      if (entry.version <= (snapshot?.version ?? -1)) history.push(entry)
    return { name, entity, kind, snapshot, history, unreadable: undefined }
  } catch (error) {
    if (!(error instanceof LabError && error.code === 'LAB_DATA_MISMATCH')) throw error
    return { name, entity, kind, snapshot: undefined, history, unreadable: error.why }
  }
}

const deltaView = `CREATE OR REPLACE TEMPORARY VIEW delta AS ${entityNames
  .map(
    (entity) =>
      `SELECT '${entity}' AS entity, object_key AS shard_id, "offset" AS sequence_number, arrived_at, topic, ind, rejected,
              rejected_value FROM ${entity}_records`,
  )
  .join(' UNION ALL ')}`
