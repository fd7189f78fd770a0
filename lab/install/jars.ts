import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../contract/index.ts'
import { mismatch, verifyFile } from './checksum.ts'
import { forgetDownload, mavenDownload } from './maven.ts'
import { digestOf, lockOf, pinsFolder, type PinnedFile } from './pins.ts'
import { boundToNothing, type Tool } from './tool.ts'

export interface JarFolder {
  readonly name: string
  /** Name of the tool's folder, which keeps the jars in libs/. */
  readonly folder: string
  /** Folder of the pins: pom.xml, and jars.lock with all that comes of it. */
  readonly pins: string
}

/** A tool that is nothing but the jars of a pom. */
export function jarTool({ name, folder, pins }: JarFolder): Tool {
  const jars = lockOf(`${pins}/jars.lock`)
  const totalBytes = jars.reduce((sum, jar) => sum + jar.bytes, 0)
  return {
    name,
    folder,
    source: 'maven',
    pin: digestOf(`${pins}/pom.xml`, `${pins}/jars.lock`),
    downloadBytes: totalBytes,
    landmarks: jars.map((jar) => ({ path: join('libs', jar.name), bytes: jar.bytes })),
    boundTo: boundToNothing,
    install: async (context) => {
      const libs = join(context.draft, 'libs')
      await mavenDownload(
        {
          label: name,
          goal: 'copy-dependencies',
          args: ['-f', join(pinsFolder, pins, 'pom.xml'), '-DincludeScope=runtime', `-DoutputDirectory=${libs}`],
          fileNames: jars.map((jar) => jar.name),
          totalBytes,
        },
        context,
      )
      await verifyJars(libs, jars, (fileName) => forgetDownload(context.cache, fileName))
    },
  }
}

/**
 * The folder holds exactly the jars of the lock, byte by byte.
 * @throws LabError LAB_CHECKSUM_MISMATCH for the first that differs, is missing or is not in the lock, after `forget` of it.
 */
export async function verifyJars(
  folder: string,
  lock: readonly PinnedFile[],
  forget: (fileName: string) => Promise<void>,
): Promise<void> {
  const found = new Set(await readdir(folder))
  for (const jar of lock) {
    if (!found.delete(jar.name)) throw mismatch(join(folder, jar.name), 'a file', 'none')
    try {
      await verifyFile(join(folder, jar.name), jar)
    } catch (error) {
      if (error instanceof LabError) await forget(jar.name)
      throw error
    }
  }
  for (const extra of found) throw mismatch(join(folder, extra), 'no such file', 'one that no lock names')
}
