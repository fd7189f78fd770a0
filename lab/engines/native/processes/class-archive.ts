import { createHash } from 'node:crypto'
import { readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { locate } from '../../../install/locate.ts'
import { programPath } from '../environment.ts'
import { exists } from './fresh-folder.ts'
import { type ProcessOutcome } from './spec.ts'

export interface ClassArchiveOptions {
  /** Folders of the class path, which holds jars alone: with a folder of classes on it the JVM writes no archive. */
  readonly jarFolders: readonly string[]
  /** No other program's archives are in it. */
  readonly archiveDir: string
  /** Makes the draft's name its own, for labs that stop at the same time. */
  readonly owner: string
}

export interface ClassArchive {
  /** Uses the archive when it is there, else has the JVM write one when it ends. */
  readonly jvmOptions: () => Promise<string[]>
  readonly afterExit: (outcome: ProcessOutcome) => Promise<void>
}

const quiet = ['-Xshare:auto', '-Xlog:cds=off', '-Xlog:cds+dynamic=off']

/** JVM options of a program that uses an archive of this class path where there is one, and writes none. */
export async function archivedClasses({
  jarFolders,
  archiveDir,
}: Omit<ClassArchiveOptions, 'owner'>): Promise<string[]> {
  const archive = await archivePath(jarFolders, archiveDir)
  return (await exists(archive)) ? [`-XX:SharedArchiveFile=${archive}`, ...quiet] : []
}

/**
 * A class-data archive (AppCDS) of one Java program: Kafka's start of 2.6 s takes 1.7 s with it, Spark's start to its first commit
 * takes 8 s of CPU in place of 15. It is only a help. A JVM dies on a
 * truncated archive, so one counts only after the JVM that wrote it ended well, and is thrown away when a start with it fails.
 */
export function classArchive({ jarFolders, archiveDir, owner }: ClassArchiveOptions): ClassArchive {
  const draft = join(archiveDir, `classes-${digest([owner])}.draft`)
  let archive: string | undefined
  let inUse = false
  return {
    jvmOptions: async () => {
      archive = await archivePath(jarFolders, archiveDir)
      inUse = await exists(archive)
      return [inUse ? `-XX:SharedArchiveFile=${archive}` : `-XX:ArchiveClassesAtExit=${draft}`, ...quiet]
    },
    afterExit: async ({ wasReady, orderly }) => {
      if (archive === undefined) return
      if (inUse) {
        if (!wasReady && !orderly) await rm(archive, { force: true })
      } else if (wasReady && orderly && (await exists(draft))) {
        await removeArchives(archiveDir) // of an earlier JVM or class path
        await rename(draft, archive)
      } else await rm(draft, { force: true })
    },
  }
}

const archivePath = async (jarFolders: readonly string[], archiveDir: string): Promise<string> =>
  join(archiveDir, `classes-${await fingerprint(jarFolders)}.jsa`)

async function removeArchives(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (name.endsWith('.jsa')) await rm(join(folder, name), { force: true })
}

/** Changes with the JVM and with every jar and its place: an archive of another class path is of no use. */
async function fingerprint(jarFolders: readonly string[]): Promise<string> {
  const parts: string[] = []
  const java = await locate('java', { PATH: programPath() })
  if (java !== undefined) {
    const real = await realpath(java)
    const { size, mtimeMs } = await stat(real)
    parts.push(real, String(size), String(mtimeMs))
  }
  for (const folder of jarFolders) {
    for (const jar of (await readdir(folder)).sort()) {
      const { size, mtimeMs } = await stat(join(folder, jar))
      parts.push(join(folder, jar), String(size), String(mtimeMs))
    }
  }
  return digest(parts)
}

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12)
