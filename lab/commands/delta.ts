import { deltaTableName, entityNames, LabError, type EntityName } from '../../contract/index.ts'
import { countRows } from '../../analytics/delta/data-files.ts'
import { detailOf, readHistory, type HistoryEntry } from '../../analytics/delta/history.ts'
import { readSnapshot, type Snapshot } from '../../analytics/delta/snapshot.ts'
import { openStorage, type Storage } from '../../analytics/delta/storage.ts'
import { listTables } from '../../analytics/delta/tables.ts'
import { openDatabase, type Database } from '../../analytics/duckdb/database.ts'
import { requireServices, runningLab, s3OptionsOf, type CommandContext } from '../context.ts'
import { answer, answerJson } from '../output.ts'
import { keyValueTable, textTable } from '../tables.ts'

interface DeltaOptions {
  readonly json?: boolean
}

/** Versions newest first, as DESCRIBE HISTORY has them. `table` is a full name, or pin, geo or user for the clean ones. */
export async function deltaHistory(context: CommandContext, options: DeltaOptions, table: string): Promise<number> {
  await withTable(context, table, async ({ storage, snapshot }) => {
    const versions: HistoryEntry[] = []
    for await (const entry of readHistory(storage, snapshot.table)) versions.unshift(entry)
    if (options.json) answerJson(versions.map(({ removesData: _, ...entry }) => entry))
    else answer(textTable(historyColumns, versions.map(historyRow)))
  })
  return 0
}

export async function deltaDetail(context: CommandContext, options: DeltaOptions, table: string): Promise<number> {
  await withTable(context, table, ({ storage, snapshot }) => {
    const detail = detailOf(storage, snapshot)
    if (options.json) answerJson(detail)
    else
      answer(
        keyValueTable({
          ...detail,
          createdAt: detail.createdAt?.toISOString(),
          columns: detail.columns.map(({ name, type }) => `${name} ${type}`).join(', '),
        }),
      )
  })
  return 0
}

export async function deltaCount(context: CommandContext, options: DeltaOptions, table: string): Promise<number> {
  await withTable(context, table, async ({ storage, snapshot, database }) => {
    const rows = await countRows(storage, snapshot, database)
    if (options.json) answerJson({ table: snapshot.table, version: snapshot.version, rows })
    else answer(String(rows))
  })
  return 0
}

interface OpenTable {
  readonly storage: Storage
  readonly snapshot: Snapshot
  readonly database: Database
}

async function withTable(
  context: CommandContext,
  named: string,
  use: (table: OpenTable) => void | Promise<void>,
): Promise<void> {
  const lab = await runningLab(context)
  await requireServices(lab, ['s3'])
  const { userId, sparkStream } = lab.profile
  const table = isEntity(named) ? deltaTableName(userId, named) : named
  using storage = openStorage(sparkStream.tablesUri, s3OptionsOf(lab), context.signal)
  await using database = await openDatabase(context.signal)
  const snapshot = await readSnapshot(storage, table, database)
  if (!snapshot) throw unknownTable(table, storage.uri, await listTables(storage))
  await use({ storage, snapshot, database })
}

const isEntity = (name: string): name is EntityName => entityNames.some((entity) => entity === name)

const unknownTable = (table: string, uri: string, known: readonly string[]): LabError =>
  new LabError('LAB_USAGE', {
    what: `there is no Delta table "${table}"`,
    why: known.length === 0 ? `${uri} holds no table yet` : `${uri} holds ${known.join(', ')}`,
    fix:
      known.length === 0
        ? 'post something: the stream job makes its tables with its first records'
        : 'name one of these, or pin, geo or user',
  })

/** What fits a line; `--json` has all. */
const historyColumns = ['version', 'timestamp', 'operation', 'metrics', 'transaction']

const historyRow = (entry: HistoryEntry): unknown[] => [
  entry.version,
  entry.at?.toISOString(),
  entry.operation,
  Object.entries(entry.operationMetrics)
    .map(([name, value]) => `${name} ${value}`)
    .join(', '),
  entry.transactions.map(({ appId, version }) => `${appId} ${String(version)}`).join(', '),
]
