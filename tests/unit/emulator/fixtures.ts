import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { entityNames, type Acknowledgement } from '../../../contract/index.ts'
import { readLedger } from '../../../emulator/ledger.ts'
import { parsePosting, type ParsedOptions, type PostingOptions } from '../../../emulator/options.ts'
import { type Source, type SourcePost } from '../../../emulator/source.ts'

export const userId = 'a1b2c3d4e5f6'

const postOf = (ind: number, category: string): SourcePost => ({
  ind: { pin: ind, geo: ind, user: ind },
  rows: {
    pin: {
      index: ind,
      unique_id: `id ${String(ind)}`,
      title: 'a “title”\n',
      follower_count: '124k',
      downloaded: 1,
      category,
    },
    geo: { ind, timestamp: '2020-08-28 03:52:47', latitude: -89.9787, longitude: -173.293, country: 'Albania' },
    user: { ind, first_name: 'Aaron', last_name: 'Abbott', age: 20, date_joined: '2015-10-23 16:13:23' },
  },
})

/** Tables whose key is the position. */
export const tablesOf = (rowCount: number, category = 'art'): Pick<Source, 'rowCounts' | 'read'> => ({
  rowCounts: { pin: rowCount, geo: rowCount, user: rowCount },
  read: (rows) => Promise.resolve(new Map(rows.map((row) => [row, postOf(row, category)]))),
})

/** Tables where every row differs and each `keys`th has the same key; `rowIn` finds a row's position in its record. */
export const repeatingTables = (rowCount: number, keys: number) => {
  const rowOf = (row: number): SourcePost => {
    const ind = row % keys
    const rows = { pin: { index: ind, row }, geo: { ind, row }, user: { ind, row } }
    return { ind: { pin: ind, geo: ind, user: ind }, rows }
  }
  const tables: Pick<Source, 'rowCounts' | 'read'> = {
    rowCounts: { pin: rowCount, geo: rowCount, user: rowCount },
    read: (rows) => Promise.resolve(new Map(rows.map((row) => [row, rowOf(row)]))),
  }
  return { tables, rowIn: (value: object): number => ('row' in value ? Number(value.row) : Number.NaN) }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

export interface TemporaryLedger extends AsyncDisposable {
  readonly path: string
  readonly read: () => Promise<Acknowledgement[]>
}

export async function temporaryLedger(): Promise<TemporaryLedger> {
  const folder = await mkdtemp(join(tmpdir(), 'emulator-'))
  const path = join(folder, 'ledger', `${userId}.jsonl`)
  return {
    path,
    read: () => collect(readLedger(path)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

export const aPosting = (
  options: Pick<PostingOptions, 'invokeUrl' | 'ledgerPath'> & Partial<PostingOptions>,
): ParsedOptions => parsePosting({ userId, posts: 10, order: 'course', seed: 100, ...options })

/** `emission entity` of every record of a run of so many posts, sorted: what a whole ledger holds once each. */
export const everyRecord = (posts: number): string[] =>
  [...Array(posts).keys()]
    .flatMap((emission) => entityNames.map((entity) => `${String(emission)} ${entity}`))
    .toSorted()

export const recordsOf = (acknowledgements: readonly Acknowledgement[]): string[] =>
  acknowledgements.map(({ emission, entity }) => `${String(emission)} ${entity}`).toSorted()

/** The emulator on `tablesOf(11_154)` in a process of its own, to be killed; `ended` is its stdout, stderr, and code and signal. */
export const emulatorProcess = (options: PostingOptions) => {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('child.ts', import.meta.url)), JSON.stringify(options)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const ended = Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null, string | null]>,
  ])
  return { kill: (signal: NodeJS.Signals) => child.kill(signal), ended }
}
