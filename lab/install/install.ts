import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { diskFull } from './disk-full.ts'
import { megabytes } from './growth.ts'
import { kafka } from './kafka.ts'
import { holdLock } from './lock.ts'
import { isAbsent } from './locate.ts'
import { mariadb } from './mariadb.ts'
import { ministack } from './ministack.ts'
import { spark, sparkJars } from './spark.ts'
import { firstChanged, isCurrent, writeManifest, writeStamp } from './stamp.ts'
import { systemMariadb } from './system-mariadb.ts'
import { type Tool } from './tool.ts'
import { toolPaths } from './tools.ts'

export interface InstallOptions {
  /** LabHome.tools. */
  readonly tools: string
  /** PATH, and whatever Maven and pip read of the user's settings: proxies, indexes, certificates. */
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly onProgress: (text: string) => void
  /** Read every installed file again and reinstall what differs from what was installed. */
  readonly deep?: boolean
}

/** The jar's MariaDB is built for x64; elsewhere Debian's is used. */
const toolset = (arch: string): readonly Tool[] => [
  kafka,
  arch === 'x64' ? mariadb : systemMariadb,
  sparkJars,
  ministack,
  spark,
]

/** What is not installed, or of other pins; empty when everything is ready. A look at stamps and names only: some ms. */
export async function missingTools(tools: string, arch: string = process.arch): Promise<readonly Tool[]> {
  const wanted = toolset(arch)
  const current = await Promise.all(wanted.map((tool) => isCurrent(tool, join(tools, tool.folder))))
  return wanted.filter((_, index) => !current[index])
}

/**
 * Downloads, checks and installs what is missing. Nothing happens, and no network is needed, when nothing is. Interrupted
 * anywhere it leaves the old tool or none, and the next call goes on with what had been downloaded. Two at once wait for
 * each other.
 * @throws LabError LAB_DOWNLOAD_FAILED, LAB_CHECKSUM_MISMATCH, LAB_PREREQUISITE_MISSING, LAB_DISK_FULL
 */
export async function ensureInstalled(options: InstallOptions): Promise<void> {
  const { tools, env, signal, onProgress, deep = false } = options
  if (!deep && (await missingTools(tools)).length === 0) return
  const onWait = (): void => {
    onProgress('waiting: another set-up of this project is running')
  }
  await using _lock = await holdLock(join(tools, '.lock'), { env, signal, onWait })
  if (deep) await dropChanged(options)
  const missing = await missingTools(tools)
  if (missing.length === 0) return
  const bytes = missing.reduce((sum, tool) => sum + tool.downloadBytes, 0)
  onProgress(`to install: ${missing.map((tool) => tool.name).join(', ')}; to download: ${megabytes(bytes)} MB at most`)
  await installAll(missing, options)
}

/** Maven and pip work beside each other, each on one tool after the other: their caches are for one at a time. */
async function installAll(missing: readonly Tool[], options: InstallOptions): Promise<void> {
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const inOrder = async (lane: readonly Tool[]): Promise<void> => {
    try {
      for (const tool of lane) await install(tool, { ...options, signal })
    } catch (error) {
      failed.abort(error) // the first failure stops the other lane, and is the one to report
      throw error
    }
  }
  const lanes = [missing.filter(({ source }) => source !== 'pip'), missing.filter(({ source }) => source === 'pip')]
  await Promise.allSettled(lanes.map(inOrder))
  options.signal.throwIfAborted()
  if (failed.signal.aborted) throw failed.signal.reason
}

async function install(tool: Tool, { tools, env, signal, onProgress }: InstallOptions): Promise<void> {
  const startedAt = performance.now()
  const folder = join(tools, tool.folder)
  const draft = join(tools, `.${tool.folder}.draft`)
  const { cache } = toolPaths(tools)
  try {
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { recursive: true })
    await tool.install({ draft, folder, cache, env, signal, onProgress })
    signal.throwIfAborted()
    await writeManifest(draft)
    await replace(folder, draft)
    await writeStamp(tool, folder)
  } catch (error) {
    throw isFull(error) ? diskFull(tool.name, error) : error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  onProgress(`${tool.name}: installed and checked, ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
}

/** Running processes keep the files they have open; new ones find the new tool. */
async function replace(folder: string, draft: string): Promise<void> {
  const old = `${draft}.old`
  await rm(old, { recursive: true, force: true })
  try {
    await rename(folder, old)
  } catch (error) {
    if (!isAbsent(error)) throw error
  }
  await rename(draft, folder)
  await rm(old, { recursive: true, force: true })
}

async function dropChanged({ tools, onProgress }: InstallOptions): Promise<void> {
  for (const tool of toolset(process.arch)) {
    const folder = join(tools, tool.folder)
    if (!(await isCurrent(tool, folder))) continue
    const changed = await firstChanged(folder)
    onProgress(`${tool.name}: ${changed === undefined ? 'every file is as installed' : `${changed} was changed`}`)
    if (changed !== undefined) await rm(folder, { recursive: true, force: true })
  }
}

const isFull = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOSPC'
