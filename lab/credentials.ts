import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Credentials, LabError } from '../contract/index.ts'

const secret = (bytes: number): string => randomBytes(bytes).toString('hex')

/**
 * The lab's secrets, made at its first start and readable by its owner only (0600).
 * @throws LabError LAB_STATE_BROKEN when the file is there but is not what this wrote.
 */
export async function ensureCredentials(path: string): Promise<Credentials> {
  const existing = await readCredentials(path)
  if (existing) return existing
  const fresh: Credentials = {
    mysqlPassword: secret(16),
    mysqlRootPassword: secret(16),
    awsAccessKeyId: `LAB${secret(9).toUpperCase().slice(0, 17)}`,
    awsSecretAccessKey: secret(20),
  }
  await mkdir(dirname(path), { recursive: true })
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(`${JSON.stringify(fresh, null, 2)}\n`)
  return fresh
}

/** Undefined where the lab never started. */
export async function readCredentials(path: string): Promise<Credentials | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return Credentials.parse(JSON.parse(text))
  } catch (error) {
    throw new LabError('LAB_STATE_BROKEN', {
      what: `${path} does not hold this lab's credentials`,
      why: 'it was edited or only half written',
      fix: 'restore it, or run "make clean" to begin anew (this removes the data too: the old passwords are in it)',
      cause: error,
    })
  }
}
