import { ftruncate, fdatasync, read, write, writeSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Callbacks made promises by hand: a file handle's own methods cost a put several times more. */
const promised = (call: (done: (error: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    call((error) => {
      if (error === null) resolve()
      else reject(error)
    })
  })

export const truncateFile = (fd: number, bytes: number): Promise<void> =>
  promised((done) => {
    ftruncate(fd, bytes, done)
  })

export const syncData = (fd: number): Promise<void> =>
  promised((done) => {
    fdatasync(fd, done)
  })

/** Up to here a write into the operating system's cache takes at most 0.1 ms, and the way through the thread pool several times the CPU. */
const inlineBytes = 262_144

/** Writes all of `data`: the operating system may take a part only, which is how a disk that fills begins. */
export async function writeAll(fd: number, data: Uint8Array, position: number): Promise<void> {
  let written = 0
  while (written < data.length && data.length <= inlineBytes) {
    written += writeSync(fd, data, written, data.length - written, position + written)
  }
  while (written < data.length) {
    written += await new Promise<number>((resolve, reject) => {
      write(fd, data, written, data.length - written, position + written, (error, bytes) => {
        if (error === null) resolve(bytes)
        else reject(error)
      })
    })
  }
}

/** Through the thread pool, so that a disk may take its time. @returns bytes read */
export const readChunk = (fd: number, into: Buffer, position: number): Promise<number> =>
  new Promise((resolve, reject) => {
    read(fd, into, 0, into.length, position, (error, bytes) => {
      if (error === null) resolve(bytes)
      else reject(error)
    })
  })

/** Makes the names in a folder survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}

/** Puts a whole file in the place of the old one, or leaves the old one. */
export async function replaceFile(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  const temporary = `${path}.tmp`
  try {
    await using file = await open(temporary, 'w', mode)
    await file.writeFile(content)
    await file.datasync()
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await rename(temporary, path)
  await syncFolder(dirname(path))
}

export const isErrno = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
