import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

const maxFileBytes = 8 * 1_048_576
const keptLines = 100

/**
 * One service's log: at most two files of 8 MiB, the older one with `.1` behind its name. Lines on a full disk are dropped (the last
 * ones stay in memory): a log must not take the lab down.
 */
export class LogFile {
  readonly #path: string
  readonly #lastLines: string[] = []
  readonly #maxBytes: number
  #descriptor: number
  #bytes: number

  constructor(path: string, maxBytes = maxFileBytes) {
    mkdirSync(dirname(path), { recursive: true })
    this.#path = path
    this.#maxBytes = maxBytes
    this.#descriptor = openSync(path, 'a', 0o600)
    this.#bytes = fstatSync(this.#descriptor).size
  }

  write(line: string): void {
    this.#lastLines.push(line)
    if (this.#lastLines.length > keptLines) this.#lastLines.shift()
    try {
      if (this.#bytes >= this.#maxBytes) this.#rotate()
      this.#bytes += writeSync(this.#descriptor, `${line}\n`)
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (!['ENOSPC', 'EDQUOT', 'ENOENT'].includes(code)) throw error
    }
  }

  /** The newest lines, oldest first; at most 100 are known. */
  last(count: number): string[] {
    return this.#lastLines.slice(-count)
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #rotate(): void {
    renameSync(this.#path, `${this.#path}.1`)
    const descriptor = openSync(this.#path, 'a', 0o600)
    closeSync(this.#descriptor)
    this.#descriptor = descriptor
    this.#bytes = 0
  }
}

/** Renames the file to `<path>.1` once it has reached `maxBytes`. Whoever writes it must not have it open. */
export async function setAsideLargeFile(path: string, maxBytes: number): Promise<void> {
  try {
    if ((await stat(path)).size >= maxBytes) await rename(path, `${path}.1`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
