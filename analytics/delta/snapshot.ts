import { z } from 'zod'
import { type Database } from '../duckdb/database.ts'
import { type Action, type Add, type Metadata, type Protocol } from './actions.ts'
import { readCheckpoint } from './checkpoint.ts'
import { listLog, readCommits, type LogFiles } from './log.ts'
import { checkReadable } from './protocol.ts'
import { type Storage } from './storage.ts'
import { brokenLog, unsupported } from './unreadable.ts'

export interface DataFile {
  /** Relative to the table's folder, decoded. */
  readonly path: string
  readonly bytes: number
  /** By its statistics; undefined when the writer kept none. */
  readonly records: number | undefined
  readonly partitionValues: Readonly<Record<string, string | null>>
}

/** Name and type as Delta's schema has them: `integer`, or an object for arrays, maps and structs. */
const Field = z.object({ name: z.string(), type: z.unknown(), nullable: z.boolean() })
type Field = z.infer<typeof Field>

/** A table as of its newest version. */
export interface Snapshot {
  readonly table: string
  readonly version: number
  readonly protocol: Protocol
  readonly metadata: Metadata
  readonly schema: readonly Field[]
  readonly files: readonly DataFile[]
  /** Last transaction version of each writer, by app id. */
  readonly transactions: ReadonlyMap<string, number>
}

/**
 * Replays the log from the newest classic checkpoint on.
 * @returns undefined when there is no such table
 * @throws LabError LAB_DATA_MISMATCH when the log has a gap or is damaged, or the table uses what this reader does not know
 */
export async function readSnapshot(storage: Storage, table: string, database: Database): Promise<Snapshot | undefined> {
  const log = await listLog(storage, table, false)
  if (log.commits.length === 0 && !log.checkpoint) return undefined
  const from = log.checkpoint?.version ?? -1
  const commits = log.commits.filter(({ version }) => version > from)
  checkBeginning(table, log, commits[0]?.version)
  const replay = new Replay(table)
  if (log.checkpoint) {
    for await (const actions of readCheckpoint(storage, table, log.checkpoint, database)) replay.apply(actions)
  }
  for await (const { actions } of readCommits(storage, table, commits)) replay.apply(actions)
  return replay.snapshot(commits.at(-1)?.version ?? from)
}

function checkBeginning(table: string, { checkpoint }: LogFiles, first: number | undefined): void {
  const expected = (checkpoint?.version ?? -1) + 1
  if (first === undefined || first === expected) return
  const beginning = checkpoint
    ? `after the checkpoint of version ${String(checkpoint.version)}`
    : 'without a checkpoint'
  throw brokenLog(table, `its log goes on with version ${String(first)} ${beginning}: ${String(expected)} is missing`)
}

class Replay {
  readonly #table: string
  readonly #files = new Map<string, DataFile>()
  readonly #transactions = new Map<string, number>()
  #protocol: Protocol | undefined
  #metadata: Metadata | undefined

  constructor(table: string) {
    this.#table = table
  }

  apply(actions: readonly Action[]): void {
    // before the files: a feature may change what they mean
    for (const { protocol, metaData } of actions) {
      if (protocol) this.#protocol = protocol
      if (metaData) this.#metadata = metaData
    }
    if (this.#protocol && this.#metadata) checkReadable(this.#table, this.#protocol, this.#metadata)
    for (const { add, remove, txn } of actions) {
      if (remove) this.#files.delete(remove.path)
      if (add) this.#files.set(add.path, this.#dataFile(add))
      if (txn) this.#transactions.set(txn.appId, txn.version)
    }
  }

  snapshot(version: number): Snapshot {
    const [table, protocol, metadata] = [this.#table, this.#protocol, this.#metadata]
    if (!protocol || !metadata) throw brokenLog(table, 'its log holds no protocol and no schema')
    const { fields } = z.object({ fields: z.array(Field) }).parse(JSON.parse(metadata.schemaString))
    const files = [...this.#files.values()]
    return { table, version, protocol, metadata, schema: fields, files, transactions: this.#transactions }
  }

  #dataFile({ path, size, stats, partitionValues, deletionVector }: Add): DataFile {
    if (deletionVector) throw unsupported(this.#table, 'deletion vectors (deletionVectors)')
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) throw unsupported(this.#table, `a file of another place (${path})`)
    return {
      path: decodeURIComponent(path),
      bytes: size,
      records: recordsOf(stats),
      partitionValues: partitionValues ?? {},
    }
  }
}

function recordsOf(stats: string | null | undefined): number | undefined {
  if (typeof stats !== 'string') return undefined
  return z.object({ numRecords: z.number().optional() }).parse(JSON.parse(stats)).numRecords
}
