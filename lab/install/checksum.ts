import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { LabError } from '../../contract/index.ts'
import { type PinnedFile } from './pins.ts'

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1_048_576 }), hash)
  return hash.digest('hex')
}

/** @throws LabError LAB_CHECKSUM_MISMATCH naming the file, what was expected and what was found. */
export async function verifyFile(path: string, pin: Omit<PinnedFile, 'name'>): Promise<void> {
  const { size } = await stat(path)
  if (size !== pin.bytes) throw mismatch(path, `${String(pin.bytes)} bytes`, `${String(size)} bytes`)
  const found = await sha256Of(path)
  if (found !== pin.sha256) throw mismatch(path, `SHA-256 ${pin.sha256}`, found)
}

export const mismatch = (path: string, expected: string, found: string): LabError =>
  new LabError('LAB_CHECKSUM_MISMATCH', {
    what: `${basename(path)} is not the file that lab/install/pins names`,
    why: `expected ${expected}, found ${found} (${path})`,
    fix: 'run the command again: the file was removed and is downloaded anew; if it stays so, do not trust the source',
  })
