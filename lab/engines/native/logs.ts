import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type ServiceName } from '../../graph.ts'
import { type LogOptions } from '../engine.ts'
import { lineSplitter } from './processes/line-splitter.ts'

const pollMs = 200
const chunkBytes = 64 * 1_024

/** Reads log files, so it works on a stopped lab too. Lines of several services are led by their service's name. */
export async function* readLogs(
  options: Omit<LogOptions, 'service'> & { readonly services: readonly ServiceName[] },
): AsyncGenerator<string> {
  const { home, services, lines, follow, signal } = options
  const width = Math.max(...services.map((name) => name.length))
  const followed = []
  for (const service of services) {
    const path = join(home.logs, `${service}.log`)
    const lead = services.length > 1 ? `${service.padEnd(width)} | ` : ''
    followed.push({ lead, file: new GrowingFile(path, await sizeOf(path)) })
    for (const line of await tailOf(path, lines)) yield lead + line
  }
  while (follow && !signal.aborted) {
    for (const { lead, file } of followed) for await (const line of file.newLines()) yield lead + line
    await delay(pollMs, undefined, { signal }).catch(() => undefined)
  }
}

/** The last lines of a log, those that were rotated away included; empty where there is none. */
export async function tailOf(path: string, count: number): Promise<string[]> {
  const lines = linesIn(await textOf(path))
  const missing = count - lines.length
  const older = missing > 0 ? linesIn(await textOf(`${path}.1`)).slice(-missing) : []
  return [...older, ...lines.slice(-count)]
}

/** What is appended to a file from `#position` on. A file that shrank was rotated: it is read from its beginning. */
class GrowingFile {
  readonly #path: string
  #position: number

  constructor(path: string, position: number) {
    this.#path = path
    this.#position = position
  }

  async *newLines(): AsyncGenerator<string> {
    const size = await sizeOf(this.#path)
    if (size < this.#position) this.#position = 0
    if (size === this.#position) return
    const found: string[] = []
    const splitter = lineSplitter((line) => {
      found.push(line)
    })
    await using file = await open(this.#path, 'r')
    const chunk = Buffer.alloc(chunkBytes)
    while (this.#position < size) {
      const { bytesRead } = await file.read(chunk, 0, chunkBytes, this.#position)
      if (bytesRead === 0) break
      this.#position += bytesRead
      splitter.push(chunk.subarray(0, bytesRead))
      yield* found.splice(0)
    }
    splitter.end()
    yield* found
  }
}

const linesIn = (text: string): string[] => text.split('\n').filter((line) => line !== '')

const textOf = async (path: string): Promise<string> => ifThere(readFile(path, 'utf8'), '')
const sizeOf = async (path: string): Promise<number> => (await ifThere<{ size: number }>(stat(path), { size: 0 })).size

async function ifThere<T>(read: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await read
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise
    throw error
  }
}
