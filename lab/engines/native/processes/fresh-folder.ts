import { access, mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes `folder` by `fill` unless it is there. Filling happens beside it and ends with a rename, so an interrupted attempt never
 * looks like a finished one: what it left is removed and made anew.
 */
export async function freshFolder(folder: string, fill: (partial: string) => Promise<void>): Promise<void> {
  if (await exists(folder)) return
  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(dirname(folder), { recursive: true })
  await fill(partial)
  await rename(partial, folder)
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
