import { type CommitInfo, type Txn } from './actions.ts'
import { listLog, readCommits, type Commit } from './log.ts'
import { type Snapshot } from './snapshot.ts'
import { type Storage } from './storage.ts'

/** One version, as DESCRIBE HISTORY tells it, with what the stream job noted in it. */
export interface HistoryEntry {
  readonly version: number
  readonly at: Date | undefined
  readonly operation: string
  readonly operationParameters: Readonly<Record<string, unknown>>
  readonly operationMetrics: Readonly<Record<string, string>>
  readonly engineInfo: string | undefined
  readonly transactions: readonly Txn[]
  /** Removes rows or rewrites them; compaction does not. */
  readonly removesData: boolean
}

/**
 * Every version whose commit the log still holds, oldest first; none when there is no such table.
 * @throws LabError LAB_DATA_MISMATCH when a version is missing between two others, or a commit is damaged
 */
export async function* readHistory(storage: Storage, table: string): AsyncGenerator<HistoryEntry> {
  const { commits } = await listLog(storage, table, true)
  for await (const commit of readCommits(storage, table, commits)) yield entryOf(commit)
}

function entryOf({ version, actions }: Commit): HistoryEntry {
  const info: CommitInfo = actions.find(({ commitInfo }) => commitInfo)?.commitInfo ?? {}
  const timestamp = info.inCommitTimestamp ?? info.timestamp
  return {
    version,
    at: timestamp === undefined ? undefined : new Date(timestamp),
    operation: info.operation ?? 'unknown',
    operationParameters: info.operationParameters ?? {},
    operationMetrics: info.operationMetrics ?? {},
    engineInfo: info.engineInfo,
    transactions: actions.flatMap(({ txn }) => (txn ? [txn] : [])),
    removesData: actions.some(({ remove }) => remove && remove.dataChange !== false),
  }
}

export interface Detail {
  readonly table: string
  readonly location: string
  readonly id: string
  readonly version: number
  readonly createdAt: Date | undefined
  readonly files: number
  readonly bytes: number
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly partitionColumns: readonly string[]
  readonly properties: Readonly<Record<string, string>>
  readonly minReaderVersion: number
  readonly minWriterVersion: number
  /** Last transaction version of each writer, by app id. */
  readonly transactions: Readonly<Record<string, number>>
}

export const detailOf = (
  { uri }: Storage,
  { table, version, files, schema, metadata, protocol, transactions }: Snapshot,
): Detail => ({
  table,
  location: `${uri}/${table}`,
  id: metadata.id,
  version,
  createdAt: typeof metadata.createdTime === 'number' ? new Date(metadata.createdTime) : undefined,
  files: files.length,
  bytes: files.reduce((total, { bytes }) => total + bytes, 0),
  columns: schema.map(({ name, type }) => ({ name, type: typeof type === 'string' ? type : JSON.stringify(type) })),
  partitionColumns: metadata.partitionColumns,
  properties: metadata.configuration ?? {},
  minReaderVersion: protocol.minReaderVersion,
  minWriterVersion: protocol.minWriterVersion,
  transactions: Object.fromEntries(transactions),
})
