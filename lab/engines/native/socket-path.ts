import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, rmSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { LabError } from '../../../contract/index.ts'
import { type LabHome } from '../../home.ts'

const maxSocketPathBytes = 107 // sun_path of unix(7), without its closing zero

export const homeDigest = (home: LabHome): string => createHash('sha256').update(home.root).digest('hex').slice(0, 16)

/**
 * Where a Unix socket of this lab goes: its own run folder, or a short one of the user's in /tmp where the path of the lab is too long
 * for a socket. Not os.tmpdir(): every command must find the same place, whatever its environment says.
 */
export function socketPath(home: LabHome, name: string): string {
  const path = join(home.run, name)
  if (Buffer.byteLength(path) <= maxSocketPathBytes) return path
  return join('/tmp', `pinlab-${String(userInfo().uid)}-${homeDigest(home)}`, name)
}

/**
 * Makes the folder of a socket, closed to other users.
 * @throws LabError LAB_STATE_BROKEN when somebody else made it
 */
export function makeSocketFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid } = lstatSync(folder)
  if (uid === userInfo().uid) return
  throw new LabError('LAB_STATE_BROKEN', {
    what: `${folder} cannot hold the lab's socket`,
    why: `it belongs to user ${String(uid)}`,
    fix: 'remove it, or set LAB_HOME to a shorter path',
  })
}

/** Removes a socket, and the folder of its own that a long path gave it. */
export function removeSocket(home: LabHome, path: string): void {
  rmSync(path, { force: true })
  const folder = dirname(path)
  if (folder !== home.run) rmSync(folder, { recursive: true, force: true })
}
