import { createHash, type Hash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { entityNames, LabError, type EntityName, type RowOf } from '../../contract/index.ts'
import { rowLine } from '../loading/table-text.ts'

/** What a staging folder holds. The tables lie in a folder of their own beside it, named by the digest. */
const Manifest = z.strictObject({
  size: z.int().positive(),
  digest: z.string(),
  generated: z.array(z.enum(entityNames)),
})
export type Manifest = z.infer<typeof Manifest>

const manifestFile = (folder: string): string => join(folder, 'import.json')
export const stagedTable = (folder: string, digest: string, entity: EntityName): string =>
  join(folder, digest, `${entity}.tsv`)

const blockCharacters = 128 * 1024

/** Writes one table's lines, in blocks, and their digest. */
class TableWriter {
  readonly #file: FileHandle
  readonly #hash: Hash = createHash('sha256')
  #block = ''

  constructor(file: FileHandle) {
    this.#file = file
  }

  async write(line: string): Promise<void> {
    this.#block += line
    if (this.#block.length >= blockCharacters) await this.#flush()
  }

  /** @returns the digest of all that was written */
  async end(): Promise<string> {
    await this.#flush()
    await this.#file.sync()
    return this.#hash.digest('hex')
  }

  async #flush(): Promise<void> {
    this.#hash.update(this.#block)
    await this.#file.writeFile(this.#block)
    this.#block = ''
  }
}

/** Takes the rows of an import; nothing is held until `commit`. */
export class Stage implements AsyncDisposable {
  readonly #folder: string
  readonly #partial: string
  readonly #files: FileHandle[] = []
  readonly #writers = new Map<EntityName, TableWriter>()

  private constructor(folder: string, partial: string) {
    this.#folder = folder
    this.#partial = partial
  }

  /** @param folder made where it is not there; what an earlier stage left half-written in it is removed */
  static async open(folder: string): Promise<Stage> {
    const partial = join(folder, 'partial')
    await rm(partial, { recursive: true, force: true })
    await mkdir(partial, { recursive: true })
    const stage = new Stage(folder, partial)
    for (const entity of entityNames) {
      const file = await open(join(partial, `${entity}.tsv`), 'wx', 0o600)
      stage.#files.push(file)
      stage.#writers.set(entity, new TableWriter(file))
    }
    return stage
  }

  async write(entity: EntityName, row: RowOf[EntityName]): Promise<void> {
    await this.#writers.get(entity)?.write(rowLine(entity, row))
  }

  /** Holds the rows in place of what the folder held: the manifest's rename is the moment. @returns what is held now */
  async commit(size: number, generated: readonly EntityName[]): Promise<Manifest> {
    const hash = createHash('sha256')
    for (const [entity, writer] of this.#writers) hash.update(`${entity} ${await writer.end()}\n`)
    const manifest: Manifest = { size, digest: hash.digest('hex'), generated: [...generated] }
    const tables = join(this.#folder, manifest.digest)
    await rm(tables, { recursive: true, force: true })
    await rename(this.#partial, tables)
    const fresh = `${manifestFile(this.#folder)}.new`
    await writeFile(fresh, `${JSON.stringify(manifest, null, 2)}\n`, { flush: true })
    await rename(fresh, manifestFile(this.#folder))
    for (const name of await readdir(this.#folder))
      if (name !== manifest.digest && name !== 'import.json')
        await rm(join(this.#folder, name), { recursive: true, force: true })
    return manifest
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const file of this.#files.splice(0)) await file.close()
    await rm(this.#partial, { recursive: true, force: true })
  }
}

/**
 * What the folder holds; undefined where no import was staged.
 * @throws LabError LAB_STATE_BROKEN when its manifest is not what `Stage` writes
 */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  let text: string
  try {
    text = await readFile(manifestFile(folder), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return Manifest.parse(JSON.parse(text))
  } catch (error) {
    throw brokenStage(folder, 'its import.json was edited or only half written', error)
  }
}

export const brokenStage = (folder: string, why: string, cause?: unknown): LabError =>
  new LabError('LAB_STATE_BROKEN', {
    what: `${folder} does not hold a whole import`,
    why,
    fix: `remove ${folder}, then run "lab seed import DIR" again`,
    cause,
  })
