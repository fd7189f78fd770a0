import { mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { LabError } from '../../contract/index.ts'
import { runChild } from './child.ts'
import { bytesBelow, filesBelow, whileReporting } from './growth.ts'
import { locate } from './locate.ts'
import { pins } from './pins.ts'
import { type InstallContext } from './tool.ts'

export const mavenRepository = (cache: string): string => join(cache, 'm2')

export interface MavenDownload {
  readonly label: string
  /** Goal of the dependency plugin with its properties. */
  readonly goal: string
  readonly args: readonly string[]
  readonly fileNames: readonly string[]
  readonly totalBytes: number
}

/**
 * Runs one goal of Maven's dependency plugin with a local repository in the cache; the user's settings.xml (mirrors,
 * proxies) holds. Maven itself takes up again what it had half downloaded.
 */
export async function mavenDownload(download: MavenDownload, context: InstallContext): Promise<void> {
  const { label, goal, args, fileNames, totalBytes } = download
  const { cache, env, signal, onProgress } = context
  const repository = mavenRepository(cache)
  await mkdir(repository, { recursive: true })
  const mvn = await locate('mvn', env)
  if (mvn === undefined) {
    throw new LabError('LAB_PREREQUISITE_MISSING', {
      what: `Maven is needed to download ${label}`,
      why: 'there is no mvn on the PATH',
      fix: 'apt-get install -y maven, or put the bin folder of an unpacked Maven on the PATH; then run the command again',
    })
  }
  // x.jar, and while it is being written x.jar.part or x.jar.123.tmp
  const isWanted = (file: string): boolean => fileNames.some((jar) => file === jar || file.startsWith(`${jar}.`))
  const measure = (): Promise<number> => bytesBelow(repository, isWanted)
  const { exitCode, output } = await whileReporting({ label, totalBytes, measure, onProgress }, () =>
    runChild(
      mvn,
      ['-B', '-ntp', '-q', `-Dmaven.repo.local=${repository}`, `${pins.mavenDependencyPlugin}:${goal}`, ...args],
      { env, signal },
    ),
  )
  if (exitCode === 0) return
  throw new LabError('LAB_DOWNLOAD_FAILED', {
    what: `Maven could not download ${label}`,
    why: firstErrors(output) || `mvn ended with exit code ${String(exitCode)}`,
    fix: 'check the network (a mirror or proxy belongs into ~/.m2/settings.xml) and run the command again: it goes on where it stopped',
  })
}

const firstErrors = (output: string): string =>
  output
    .split('\n')
    .filter((line) => line.includes('ERROR'))
    .map((line) => stripVTControlCharacters(line).replace('[ERROR]', '').trim())
    .filter((line) => line !== '')
    .slice(0, 2)
    .join(' ')
    .slice(0, 600)

/** Removes a file that failed its check from the local repository, so that the next run downloads it anew. */
export async function forgetDownload(cache: string, fileName: string): Promise<void> {
  for (const path of await filesBelow(mavenRepository(cache))) {
    if (basename(path).startsWith(fileName)) await rm(path, { force: true })
  }
}
