import { readFile, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { sha256Of } from './checksum.ts'
import { filesBelow } from './growth.ts'
import { isAbsent } from './locate.ts'
import { type Tool } from './tool.ts'

const stampName = '.lab-stamp.json'
const manifestName = '.lab-manifest'

/** Written last into an installed tool's folder: what is there is complete and was verified. */
const Stamp = z.strictObject({ pin: z.string(), boundTo: z.string() })

/** One look: the stamp is of these pins, and the landmarks stand. Reads no file's contents. */
export async function isCurrent(tool: Tool, folder: string): Promise<boolean> {
  const stamp = await readStamp(folder)
  if (stamp?.pin !== tool.pin || stamp.boundTo !== (await tool.boundTo(folder))) return false
  const standing = await Promise.all(tool.landmarks.map(({ path, bytes }) => stands(join(folder, path), bytes)))
  return standing.every(Boolean)
}

async function readStamp(folder: string): Promise<z.infer<typeof Stamp> | undefined> {
  try {
    return Stamp.safeParse(JSON.parse(await readFile(join(folder, stampName), 'utf8'))).data
  } catch (error) {
    if (isAbsent(error) || error instanceof SyntaxError) return undefined
    throw error
  }
}

async function stands(path: string, bytes: number | undefined): Promise<boolean> {
  try {
    const { size } = await stat(path)
    return bytes === undefined || size === bytes
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
}

/** Notes the SHA-256 of each file of a verified draft in it, for later deep checks. */
export async function writeManifest(draft: string): Promise<void> {
  const lines: string[] = []
  for (const path of await manifestFiles(draft)) lines.push(`${await sha256Of(path)} ${relative(draft, path)}`)
  await writeFile(join(draft, manifestName), `${lines.join('\n')}\n`)
}

/** To be called when all else of the installation is done and stands where it belongs. */
export async function writeStamp(tool: Tool, folder: string): Promise<void> {
  const stamp: z.infer<typeof Stamp> = { pin: tool.pin, boundTo: await tool.boundTo(folder) }
  await writeFile(join(folder, stampName), `${JSON.stringify(stamp)}\n`)
}

/** @returns the first file (path below `folder`) that is gone or has other bytes than at its installation. */
export async function firstChanged(folder: string): Promise<string | undefined> {
  const manifest = await readFile(join(folder, manifestName), 'utf8')
  for (const line of manifest.trimEnd().split('\n')) {
    const [sha256, path] = [line.slice(0, 64), line.slice(65)]
    if (!(await stands(join(folder, path), undefined)) || (await sha256Of(join(folder, path))) !== sha256) return path
  }
  return undefined
}

/** Python writes its caches when it likes. */
const manifestFiles = async (folder: string): Promise<readonly string[]> =>
  (await filesBelow(folder)).filter((path) => !path.includes('/__pycache__/')).sort()
