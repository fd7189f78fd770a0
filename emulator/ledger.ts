import { createReadStream } from 'node:fs'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Acknowledgement, LabError } from '../contract/index.ts'
import { isErrnoException } from './errno.ts'

/** Every line begins so; a line torn by kill -9 or a full disk may have the next writer's line behind it. */
const lineStart = '{"run":'

const newline = 10
const blockBytes = 1 << 18
const maxLineBytes = 1 << 20

/**
 * Appends to a file whole lines at a time, so that several processes may share it. What is appended while a write is under
 * way goes out together in the next one.
 */
export class LineAppender implements AsyncDisposable {
  readonly #path: string
  readonly #file: FileHandle
  #queue: string[] = []
  #last: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  /** Makes the file and its folder when they are not there. */
  static async open(path: string): Promise<LineAppender> {
    await mkdir(dirname(path), { recursive: true })
    return new LineAppender(path, await open(path, 'a'))
  }

  /**
   * Resolves once the operating system has the lines: they survive this process, not a power cut. After a failed write every
   * later one fails too, as the file may end in half a line.
   * @throws LabError LAB_DISK_FULL
   */
  append(lines: readonly object[]): Promise<void> {
    this.#queue.push(...lines.map((line) => `${JSON.stringify(line)}\n`))
    this.#next ??= this.#last = this.#last.then(() => this.#write())
    return this.#next
  }

  async #write(): Promise<void> {
    const bytes = Buffer.from(this.#queue.join(''))
    this.#queue = []
    this.#next = undefined
    try {
      // one write(2) on a file opened with O_APPEND: no other process's line gets in between
      const { bytesWritten } = await this.#file.write(bytes)
      if (bytesWritten < bytes.length) throw this.#diskFull()
    } catch (error) {
      if (isErrnoException(error) && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) throw this.#diskFull(error)
      throw error
    }
  }

  #diskFull(cause?: unknown): LabError {
    return new LabError('LAB_DISK_FULL', {
      what: `${this.#path} could not be written to its end`,
      why: 'the disk, or the quota on it, is full',
      fix: 'make room, then give the same command again: it goes on where it stopped',
      cause,
    })
  }

  /** Writes that failed have been reported to those who asked for them. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([this.#last])
    await this.#file.close()
  }
}

/** Cuts a last line that has no end. To be called only while nobody appends to the file. */
export async function cutTornLine(path: string): Promise<void> {
  let file: FileHandle
  try {
    file = await open(path, 'r+')
  } catch (error) {
    if (isErrnoException(error) && error.code === 'ENOENT') return
    throw error
  }
  try {
    const { size } = await file.stat()
    const block = Buffer.alloc(blockBytes)
    let kept = 0
    for (let end = size; end > 0 && kept === 0; end -= blockBytes) {
      const start = Math.max(0, end - blockBytes)
      await file.read(block, 0, end - start, start)
      kept = start + block.subarray(0, end - start).lastIndexOf(newline) + 1
      if (kept === start) kept = 0
    }
    if (kept < size) await file.truncate(kept)
  } finally {
    await file.close()
  }
}

/**
 * The acknowledgements of every run in the order they were written; none when the file is not there. A line that a dead
 * writer left half done is passed over: its record was not counted as acknowledged.
 * @param path LAB_HOME/ledger/<user id>.jsonl
 * @param run only the acknowledgements of this run; the others are not even parsed
 * @throws LabError LAB_STATE_BROKEN at a line that is neither
 */
export async function* readLedger(path: string, run?: string): AsyncGenerator<Acknowledgement> {
  const wanted = run === undefined ? lineStart : `${lineStart}${JSON.stringify(run)},`
  let number = 0
  for await (const lines of linesOf(path)) {
    for (const line of lines) {
      number += 1
      const json = wholeLine(line)
      if (json === undefined || (run !== undefined && !json.startsWith(wanted))) continue
      const parsed = Acknowledgement.safeParse(parseJson(json))
      if (!parsed.success) throw broken(path, `line ${String(number)}`)
      yield parsed.data
    }
  }
}

/** What is left of a line once a dead writer's half line is taken off its front; undefined when nothing is. */
export function wholeLine(text: string): string | undefined {
  const start = text.lastIndexOf(lineStart)
  if (start === -1) return lineStart.startsWith(text) ? undefined : text
  return text.endsWith('}') ? text.slice(start) : undefined
}

/**
 * The lines that have an end, a block of the file at a time; none when the file is not there.
 * @throws LabError LAB_STATE_BROKEN when a line is longer than any the emulator writes
 */
export async function* linesOf(path: string): AsyncGenerator<readonly string[]> {
  let rest: Buffer = Buffer.alloc(0)
  try {
    for await (const block of createReadStream(path, { highWaterMark: blockBytes }) as AsyncIterable<Buffer>) {
      const bytes = rest.length === 0 ? block : Buffer.concat([rest, block])
      const end = bytes.lastIndexOf(newline)
      if (end !== -1) yield bytes.toString('utf8', 0, end).split('\n')
      rest = bytes.subarray(end + 1)
      if (rest.length > maxLineBytes) throw broken(path, 'one of its lines')
    }
  } catch (error) {
    if (!isErrnoException(error) || error.code !== 'ENOENT') throw error
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const broken = (path: string, where: string): LabError =>
  new LabError('LAB_STATE_BROKEN', {
    what: `${path}: ${where} is none of the ledger's`,
    why: 'something other than the emulator has written to the file',
    fix: 'take the line out, or start over with "make clean"',
  })
