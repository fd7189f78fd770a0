import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../contract/index.ts'
import { mismatch } from './checksum.ts'
import { runChild } from './child.ts'
import { diskFull } from './disk-full.ts'
import { bytesBelow, whileReporting } from './growth.ts'
import { type InstallContext } from './tool.ts'

/** What pip downloaded, kept for reinstallations. */
export const pipFolder = (cache: string): string => join(cache, 'wheels')

export interface PipDownload {
  readonly label: string
  /** Arguments of `pip download` that say what. */
  readonly what: readonly string[]
  readonly isWanted: (fileName: string) => boolean
  readonly totalBytes: number
}

/**
 * Fetches files into pipFolder; indexes, proxies and certificates are those of the user's pip. Goes on file by file: pip drops
 * what it has of a file that it could not end.
 * @throws LabError LAB_DOWNLOAD_FAILED, LAB_CHECKSUM_MISMATCH, LAB_DISK_FULL
 */
export async function pipDownload(download: PipDownload, context: InstallContext): Promise<void> {
  const { label, what, isWanted, totalBytes } = download
  const { draft, cache, env, signal, onProgress } = context
  const folder = pipFolder(cache)
  const temporary = join(cache, 'pip')
  await rm(temporary, { recursive: true, force: true })
  await mkdir(temporary, { recursive: true })
  const measure = async (): Promise<number> =>
    (await bytesBelow(folder, isWanted)) + (await bytesBelow(temporary, isWanted))
  const { exitCode, output } = await whileReporting({ label, totalBytes, measure, onProgress }, () =>
    runPip(draft, ['download', '-d', folder, ...what], { env: { ...env, TMPDIR: temporary }, signal }),
  )
  await rm(temporary, { recursive: true, force: true })
  if (exitCode !== 0) throw pipFailed(label, 'download its packages', output)
}

/** @param environment folder of a virtual environment */
export const runPip = (
  environment: string,
  args: readonly string[],
  { env, signal }: Pick<InstallContext, 'env' | 'signal'>,
) =>
  runChild(join(environment, 'bin', 'python'), ['-m', 'pip', '-q', '--disable-pip-version-check', ...args], {
    env,
    signal,
  })

/** @param step as in "pip could not download its packages" */
export function pipFailed(label: string, step: string, output: string): LabError {
  const expected = /Expected sha256\s+(\S+)/.exec(output)?.[1]
  const got = /Got\s+(\S+)/.exec(output)?.[1]
  if (expected !== undefined && got !== undefined) return mismatch(`a package of ${label}`, `SHA-256 ${expected}`, got)
  if (output.includes('No space left')) return diskFull(label)
  const lines = output.split('\n').filter((line) => /error/i.test(line))
  return new LabError('LAB_DOWNLOAD_FAILED', {
    what: `pip could not ${step} (${label})`,
    why: (lines.length > 0 ? lines.slice(-3).join(' ') : output.trim()).slice(-600) || 'it gave no reason',
    fix: 'check the network (an index or proxy belongs into pip.conf) and run the command again: it goes on where it stopped',
  })
}
