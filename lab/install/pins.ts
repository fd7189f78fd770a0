import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** The one place that says which files are downloaded: versions, sizes and SHA-256. */
export const pinsFolder = join(import.meta.dirname, 'pins')

export interface PinnedFile {
  readonly name: string
  readonly bytes: number
  /** Hexadecimal, lower case. */
  readonly sha256: string
}

const Tools = z.strictObject({
  mavenDependencyPlugin: z.string(),
  kafka: z.strictObject({ version: z.string() }),
  mariadb: z.strictObject({
    version: z.string(),
    groupId: z.string(),
    artifactId: z.string(),
    bytes: z.int().positive(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** MariaDB's base folder inside the jar. */
    folder: z.string(),
    /** A jar keeps no file modes: these are made executable. */
    executables: z.array(z.string()),
  }),
  /** `bytes` is what one Python version downloads; the hashes are in ministack/requirements.lock. */
  ministack: z.strictObject({ version: z.string(), bytes: z.int().positive() }),
  /** `archive` is pyspark's, `wheelsBytes` what one Python version downloads of spark/requirements.lock. */
  spark: z.strictObject({
    version: z.string(),
    archive: z.strictObject({ bytes: z.int().positive(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    wheelsBytes: z.int().positive(),
  }),
  delta: z.strictObject({ version: z.string() }),
})

const text = (path: string): string => readFileSync(join(pinsFolder, path), 'utf8')

export const pins = Tools.parse(JSON.parse(text('tools.json')))

/** A lock's lines: SHA-256, bytes, file name; `#` begins a comment. */
export function parseLock(lock: string): readonly PinnedFile[] {
  return lock
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [sha256 = '', bytes = '', name = ''] = line.split(' ')
      return { name, bytes: Number(bytes), sha256 }
    })
}

/** @param path below the pins folder */
export const lockOf = (path: string): readonly PinnedFile[] => parseLock(text(path))

/** Changes whenever one of the pin files does: what an installed tool is compared with. */
export const digestOf = (...paths: readonly string[]): string => {
  const hash = createHash('sha256')
  for (const path of paths) hash.update(`${path}\0${text(path)}\0`)
  return hash.digest('hex')
}
