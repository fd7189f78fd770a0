import { close, constants, open } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { Logger } from '../../runtime/log.ts'
import { isErrno, syncData, syncFolder, truncateFile, writeAll } from './files.ts'
import { encodeFrame, frameBytesOf, type FramedRecord } from './frame.ts'
import { GroupCommit, type Group } from './group-commit.ts'
import type { OpenSegments } from './open-segments.ts'
import { readPage, type Page, type PageRequest } from './page.ts'
import { deleteSegment, emptySegment, firstIndexOf, openSegment, sealSegment, segmentPath } from './segment.ts'
import type { Segment } from './segment.ts'

export interface ShardLogOptions {
  readonly folder: string
  readonly fsync: 'always' | 'never'
  /** Size from which on a segment is sealed and the next one begun. */
  readonly segmentBytes: number
  readonly openSegments: OpenSegments
  readonly log: Logger
}

/** A record that waits for its write. */
export interface Appended {
  readonly recordIndex: number
  readonly arrivedAtMs: number
  /** The error of the write that failed, or undefined once the record is stored. Never rejects. */
  readonly stored: Promise<unknown>
}

const openFile = promisify(open)
const closeFile = promisify(close)

/** The records of one shard, in segments: appended at the end, read from anywhere, deleted from the start. */
export class ShardLog {
  readonly #options: ShardLogOptions
  readonly #commits = new GroupCommit<FramedRecord>((group) => this.#write(group))
  /** In rising order, all before the active one. */
  #sealed: readonly Segment[]
  /** The one that is written to. */
  #active: Segment | undefined
  /** Of the active segment, once this process has written to it. */
  #fd: number | undefined
  #isFailing = false
  #nextIndex: number
  #lastArrivedAtMs: number

  private constructor(options: ShardLogOptions, segments: readonly Segment[]) {
    this.#options = options
    this.#sealed = segments.filter(({ index }) => index === undefined)
    this.#active = segments.find(({ index }) => index !== undefined)
    this.#nextIndex = this.endIndex
    this.#lastArrivedAtMs = Math.max(0, ...segments.slice(-2).map(({ lastArrivedAtMs }) => lastArrivedAtMs))
  }

  /** @throws LabError LAB_STATE_BROKEN when stored records are damaged, as far as the start looks at them. */
  static async open(options: ShardLogOptions): Promise<ShardLog> {
    const names = await readdir(options.folder).catch((error: unknown) => {
      if (isErrno(error, 'ENOENT')) return []
      throw error
    })
    const firstIndexes = names
      .map(firstIndexOf)
      .filter((index) => index !== undefined)
      .sort((a, b) => a - b)
    const segments: Segment[] = []
    for (const [at, firstIndex] of firstIndexes.entries()) {
      segments.push(await openSegment(options.folder, firstIndex, at === firstIndexes.length - 1, options.log))
    }
    return new ShardLog(options, segments)
  }

  /** The index after the last stored record's. */
  get endIndex(): number {
    return (this.#active ?? this.#sealed.at(-1) ?? { lastIndex: 0 }).lastIndex + 1
  }

  /**
   * Takes a record for the next write, which `flush` sets off. Arrival times never fall along a shard, so that records expire in order:
   * while the clock is behind, a record gets the time of the one before.
   */
  append(record: { readonly partitionKey: string; readonly data: Uint8Array }, nowMs: number): Appended {
    const recordIndex = this.#nextIndex++
    const arrivedAtMs = (this.#lastArrivedAtMs = Math.max(nowMs, this.#lastArrivedAtMs))
    const { partitionKey, data } = record
    const framed = { recordIndex, arrivedAtMs, partitionKey, data }
    const { stored } = this.#commits.add(framed, frameBytesOf(framed))
    return { recordIndex, arrivedAtMs, stored }
  }

  flush(): void {
    this.#commits.flush()
  }

  /** Resolves once all that was appended so far is stored or has failed. */
  settled(): Promise<void> {
    return this.#commits.exclusive(() => Promise.resolve())
  }

  /** What is stored from a record on. @throws LabError LAB_STATE_BROKEN for a damaged record. */
  read(request: PageRequest): Promise<Page> {
    return readPage(this.#segments, this.endIndex, request, this.#options.openSegments)
  }

  /** Deletes the segments whose records all arrived before this time; the record indexes go on. */
  async expire(beforeMs: number): Promise<void> {
    const isExpired = ({ lastArrivedAtMs }: Segment): boolean => lastArrivedAtMs < beforeMs
    if (!this.#segments.some((segment) => segment.bytes > 0 && isExpired(segment))) return
    await this.#commits.exclusive(async () => {
      // an empty segment is left, for its name keeps the next record's index
      if (this.#active !== undefined && this.#active.bytes > 0 && isExpired(this.#active)) await this.#roll()
      const kept = this.#sealed.filter((segment) => !isExpired(segment))
      const expired = this.#sealed.filter(isExpired)
      if (this.#active === undefined && kept.length === 0) await this.#begin()
      this.#sealed = kept
      for (const segment of expired) {
        this.#options.openSegments.forget(segment)
        await deleteSegment(segment)
      }
    })
  }

  /** Seals what is written, so that a start need not read it. For a shard that is closed. */
  async seal(): Promise<void> {
    await this.#commits.exclusive(() => this.#sealActive())
  }

  async close(): Promise<void> {
    this.#options.openSegments.forget({ folder: this.#options.folder })
    await this.#commits.exclusive(() => this.#closeFile())
  }

  get #segments(): readonly Segment[] {
    return this.#active === undefined ? this.#sealed : [...this.#sealed, this.#active]
  }

  async #write(group: Group<FramedRecord>): Promise<void> {
    const { log, folder, fsync, segmentBytes } = this.#options
    try {
      if (this.#active !== undefined && this.#active.bytes >= segmentBytes) await this.#roll()
      const segment = this.#active ?? (await this.#begin())
      const fd = (this.#fd ??= await openFile(segmentPath(segment), constants.O_RDWR))
      // what a failed write left must not stand behind a shorter one
      if (this.#isFailing) await truncateFile(fd, segment.bytes)
      const frames = Buffer.allocUnsafe(group.bytes)
      let at = 0
      for (const record of group.entries) at = encodeFrame(record, frames, at)
      await writeAll(fd, frames, segment.bytes)
      if (fsync === 'always') await syncData(fd)
      this.#active = extended(segment, group)
    } catch (error) {
      if (!this.#isFailing) log.error({ err: error, folder }, 'records cannot be stored')
      this.#isFailing = true
      await this.#cutOff()
      throw error
    }
    if (this.#isFailing) log.info({ folder }, 'records are stored again')
    this.#isFailing = false
  }

  /** Undoes a failed write at once if it can, so that a start after a crash does not find it; the next write does in any case. */
  async #cutOff(): Promise<void> {
    if (this.#fd === undefined || this.#active === undefined) return
    await truncateFile(this.#fd, this.#active.bytes).catch((error: unknown) => {
      this.#options.log.error({ err: error, folder: this.#options.folder }, 'a failed write could not be undone yet')
    })
  }

  async #roll(): Promise<void> {
    await this.#sealActive()
    await this.#begin()
  }

  async #sealActive(): Promise<void> {
    if (this.#active === undefined) return
    const sealed = await sealSegment(this.#active)
    await this.#closeFile()
    this.#sealed = [...this.#sealed, sealed]
    this.#active = undefined
  }

  /** Makes the next segment, empty. */
  async #begin(): Promise<Segment> {
    const { folder, fsync } = this.#options
    await this.#closeFile()
    const segment = emptySegment(folder, this.endIndex)
    if ((await mkdir(folder, { recursive: true })) !== undefined && fsync === 'always')
      await syncFolder(dirname(folder))
    this.#fd = await openFile(segmentPath(segment), constants.O_RDWR | constants.O_CREAT)
    if (fsync === 'always') await syncFolder(folder)
    this.#active = segment
    return segment
  }

  async #closeFile(): Promise<void> {
    if (this.#fd === undefined) return
    const fd = this.#fd
    this.#fd = undefined
    await closeFile(fd)
  }
}

/** The segment once the group's frames stand behind it. */
function extended(segment: Segment, { entries, bytes }: Group<FramedRecord>): Segment {
  let offset = segment.bytes
  for (const record of entries) {
    segment.index?.add(record.recordIndex, record.arrivedAtMs, offset)
    offset += frameBytesOf(record)
  }
  const { recordIndex: lastIndex, arrivedAtMs: lastArrivedAtMs } = entries.at(-1) ?? {}
  if (lastIndex === undefined || lastArrivedAtMs === undefined) return segment
  return { ...segment, bytes: segment.bytes + bytes, lastIndex, lastArrivedAtMs }
}
