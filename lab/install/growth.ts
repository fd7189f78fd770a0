import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { isAbsent } from './locate.ts'

const intervalMs = 1000
/** A line at least this often, also when nothing arrives: a silent download looks like a hung one. */
const silenceMs = 5000

export const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)

export interface Growth {
  readonly label: string
  readonly totalBytes: number
  /** Bytes there by now. */
  readonly measure: () => Promise<number>
  readonly onProgress: (text: string) => void
}

/** Reports how much of a download is there while `work` runs: name, MB of MB, seconds. */
export async function whileReporting<T>(growth: Growth, work: () => Promise<T>): Promise<T> {
  const done = new AbortController()
  const reporting = report(growth, done.signal)
  try {
    return await work()
  } finally {
    done.abort()
    await reporting
  }
}

async function report({ label, totalBytes, measure, onProgress }: Growth, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now()
  let lastBytes = 0
  let lastAt = startedAt
  try {
    for (;;) {
      await setTimeout(intervalMs, undefined, { signal })
      // a file is counted under neither name at the moment of its renaming
      const bytes = Math.max(lastBytes, Math.min(await measure(), totalBytes))
      const now = performance.now()
      if (bytes === lastBytes && now - lastAt < silenceMs) continue
      lastBytes = bytes
      lastAt = now
      const arrived = bytes === 0 ? 'looking for it' : `${megabytes(bytes)} of ${megabytes(totalBytes)} MB`
      onProgress(`${label}: ${arrived}, ${((now - startedAt) / 1000).toFixed(0)} s`)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Bytes of the files below `folder` whose name `isWanted`. */
export async function bytesBelow(folder: string, isWanted: (fileName: string) => boolean): Promise<number> {
  let bytes = 0
  for (const path of await filesBelow(folder)) {
    if (isWanted(basename(path))) bytes += await sizeOf(path)
  }
  return bytes
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isAbsent(error)) return 0 // renamed meanwhile
    throw error
  }
}

/** Paths of all files below `folder`; none where it does not exist. Folders that vanish meanwhile count as empty. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}
