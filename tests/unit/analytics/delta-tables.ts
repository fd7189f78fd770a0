import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openStorage, type Storage } from '../../../analytics/delta/storage.ts'

/** Tables that Spark wrote, see generate.py beside them. */
export const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'delta')

/** Not asked: the tables lie in a folder. */
export const noS3 = {
  endpoint: 'http://127.0.0.1:1',
  region: 'us-east-1',
  accessKeyId: 'none',
  secretAccessKey: 'none',
}

export const folderStorage = (folder = join(fixtures, 'tables')): Storage =>
  openStorage(pathToFileURL(folder).href, noS3, new AbortController().signal)

/** A copy of tables, to be damaged; gone with it. */
export class TableCopies implements AsyncDisposable {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async of(...tables: readonly string[]): Promise<TableCopies> {
    const folder = await mkdtemp(join(tmpdir(), 'pinlab-delta-'))
    for (const table of tables) await cp(join(fixtures, 'tables', table), join(folder, table), { recursive: true })
    return new TableCopies(folder)
  }

  commit(table: string, version: number): string {
    return join(this.folder, table, '_delta_log', `${String(version).padStart(20, '0')}.json`)
  }

  async edit(path: string, change: (content: string) => string): Promise<void> {
    await writeFile(path, change(await readFile(path, 'utf8')))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true })
  }
}
