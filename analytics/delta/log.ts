import { z } from 'zod'
import { fetchInOrder } from '../fetch-in-order.ts'
import { parseActions, type Action } from './actions.ts'
import { type Storage, type StoredFile } from './storage.ts'
import { brokenLog, unsupported } from './unreadable.ts'

export interface CommitFile extends StoredFile {
  readonly version: number
}

export interface Checkpoint {
  readonly version: number
  readonly parts: readonly StoredFile[]
}

/** What stands in a `_delta_log`, from the newest complete checkpoint on or, with `all`, from its beginning. */
export interface LogFiles {
  /** Newest complete one. */
  readonly checkpoint: Checkpoint | undefined
  /** By version. */
  readonly commits: readonly CommitFile[]
}

export const logFolder = (table: string): string => `${table}/_delta_log`

/** @throws LabError LAB_DATA_MISMATCH for checkpoints of version 2 */
export async function listLog(storage: Storage, table: string, all: boolean): Promise<LogFiles> {
  const last = all ? undefined : await lastCheckpoint(storage, table)
  const found = listed(table, await storage.files(logFolder(table), last === undefined ? '' : versionText(last)))
  // the hint may be older than the log's clean-up, or newer than a checkpoint that was lost
  if (last === undefined || found.checkpoint) return found
  return listed(table, await storage.files(logFolder(table)))
}

const versionText = (version: number): string => String(version).padStart(20, '0')

async function lastCheckpoint(storage: Storage, table: string): Promise<number | undefined> {
  const hint = await storage.read(`${logFolder(table)}/_last_checkpoint`)
  if (!hint) return undefined
  try {
    return z.object({ version: z.int().nonnegative() }).parse(JSON.parse(hint.toString('utf8'))).version
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw error
    return undefined // only a hint: the protocol lets a reader list the folder instead
  }
}

function listed(table: string, files: readonly StoredFile[]): LogFiles {
  const commits: CommitFile[] = []
  const parts = new Map<string, { version: number; of: number; files: StoredFile[] }>()
  for (const file of files) {
    const commit = /^(\d{20})\.json$/.exec(file.name)
    if (commit) commits.push({ ...file, version: Number(commit[1]) })
    if (/^\d{20}\.checkpoint\.[0-9a-f-]{36}\.(parquet|json)$/.test(file.name))
      throw unsupported(table, 'checkpoints of version 2 (v2Checkpoint)')
    const checkpoint = /^(\d{20})\.checkpoint(?:\.\d{10}\.(\d{10}))?\.parquet$/.exec(file.name)
    if (!checkpoint) continue
    const [, version = '', of = '1'] = checkpoint
    const key = `${version} ${of}`
    const one = parts.get(key) ?? { version: Number(version), of: Number(of), files: [] }
    one.files.push(file)
    parts.set(key, one)
  }
  const complete = [...parts.values()].filter((one) => one.files.length === one.of)
  const newest = complete.sort((a, b) => a.version - b.version).at(-1)
  return {
    commits: commits.sort((a, b) => a.version - b.version),
    checkpoint: newest && { version: newest.version, parts: newest.files },
  }
}

export interface Commit {
  readonly version: number
  readonly actions: readonly Action[]
}

/** @throws LabError LAB_DATA_MISMATCH when a version is missing between two others, or a commit is damaged */
export async function* readCommits(
  storage: Storage,
  table: string,
  commits: readonly CommitFile[],
): AsyncGenerator<Commit> {
  const fetched = fetchInOrder(commits, async (commit) => ({
    ...commit,
    body: await storage.read(`${logFolder(table)}/${commit.name}`),
  }))
  let previous: number | undefined
  for await (const { version, name, body } of fetched) {
    if (previous !== undefined && version !== previous + 1)
      throw brokenLog(table, `version ${String(previous + 1)} is missing before version ${String(version)}`)
    if (!body) throw brokenLog(table, `${name} went away while it was read`)
    previous = version
    const lines = body
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
    yield { version, actions: parseActions(table, name, lines) }
  }
}
