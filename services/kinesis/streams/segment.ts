import { readSync } from 'node:fs'
import { readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../../contract/errors.ts'
import type { Logger } from '../../runtime/log.ts'
import { isErrno, readChunk } from './files.ts'
import { arrivedAtMsAt, frameBytesAt, frameHeaderBytes, recordIndexAt, walkFrames } from './frame.ts'
import { SparseIndex, type SegmentSummary } from './sparse-index.ts'

/** One file of frames; `<first record index>.log`. All but the last of a shard are sealed and have a `.index` beside them. */
export interface Segment extends SegmentSummary {
  readonly folder: string
  readonly firstIndex: number
  /** Of a segment that is still written to; a sealed one's is in its file. */
  readonly index: SparseIndex | undefined
}

const maxChunkBytes = 1_048_576

const baseName = (firstIndex: number): string => String(firstIndex).padStart(16, '0')
export const segmentPath = ({ folder, firstIndex }: Pick<Segment, 'folder' | 'firstIndex'>): string =>
  join(folder, `${baseName(firstIndex)}.log`)
export const indexPath = ({ folder, firstIndex }: Segment): string => join(folder, `${baseName(firstIndex)}.index`)

/** The record index that a segment's file name says, or undefined for another file. */
export function firstIndexOf(fileName: string): number | undefined {
  const digits = /^(\d{16})\.log$/.exec(fileName)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

const broken = (path: string, why: string, cause?: unknown): LabError =>
  new LabError('LAB_STATE_BROKEN', {
    what: `The stored stream records in ${path} are damaged`,
    why,
    fix: 'Restore the file from a copy, or delete the folder of this stream and put its records anew',
    cause,
  })

export function emptySegment(folder: string, firstIndex: number): Segment {
  return { folder, firstIndex, bytes: 0, lastIndex: firstIndex - 1, lastArrivedAtMs: 0, index: new SparseIndex() }
}

/**
 * Opens a stored segment. A sealed one is known by its index file; else its frames are read, and of the shard's last one what a killed
 * write left is cut off.
 * @throws LabError LAB_STATE_BROKEN when frames before the end are damaged or the file is not as long as it was when it was sealed.
 */
export async function openSegment(folder: string, firstIndex: number, isLast: boolean, log: Logger): Promise<Segment> {
  const empty = emptySegment(folder, firstIndex)
  const path = segmentPath(empty)
  const sealed = await readIndex(empty)
  if (sealed !== undefined) {
    const { size } = await stat(path)
    if (size === sealed.summary.bytes) return { ...empty, ...sealed.summary, index: undefined }
    throw broken(path, `it has ${String(size)} bytes and had ${String(sealed.summary.bytes)} when it was finished`)
  }
  const segment = await readSegment(empty, isLast, log)
  return isLast ? segment : await sealSegment(segment)
}

/** Writes the index file, after which the segment is not written to any more. */
export async function sealSegment(segment: Segment): Promise<Segment> {
  if (segment.index === undefined) return segment
  // neither synced nor renamed into place: a file that is not whole is not believed, and made anew at start
  await writeFile(indexPath(segment), segment.index.encode(segment))
  return { ...segment, index: undefined }
}

export async function deleteSegment(segment: Segment): Promise<void> {
  await rm(segmentPath(segment), { force: true })
  await rm(indexPath(segment), { force: true })
}

/**
 * Gives `take` one frame after the other, from a frame's offset to the segment's end, until it returns false. The frames' checksums are
 * not looked at.
 * @param from `offset` of the first frame; `bytes` that are likely to be wanted from there on
 * @throws LabError LAB_STATE_BROKEN where no frame begins
 */
export async function readFrames(
  segment: Segment,
  fd: number,
  from: { readonly offset: number; readonly bytes: number },
  take: (chunk: Buffer, offset: number, frameBytes: number) => boolean,
): Promise<void> {
  const path = segmentPath(segment)
  let wantedBytes = Math.min(from.bytes, maxChunkBytes)
  for (let at = from.offset; at < segment.bytes;) {
    const chunk = Buffer.allocUnsafe(Math.min(wantedBytes, segment.bytes - at))
    // the first chunk is most often the shard's tip, which is in the operating system's cache
    const bytesRead = at === from.offset ? readSync(fd, chunk, 0, chunk.length, at) : await readChunk(fd, chunk, at)
    if (bytesRead < chunk.length) throw broken(path, `it ends before byte ${String(segment.bytes)}`)
    let offset = 0
    wantedBytes = maxChunkBytes
    while (offset + frameHeaderBytes <= chunk.length) {
      const frameBytes = frameBytesAt(chunk, offset)
      if (frameBytes === undefined || at + offset + frameBytes > segment.bytes) {
        throw broken(path, `no whole record begins at byte ${String(at + offset)}`)
      }
      if (offset + frameBytes > chunk.length) {
        wantedBytes = Math.max(wantedBytes, frameBytes)
        break
      }
      if (!take(chunk, offset, frameBytes)) return
      offset += frameBytes
    }
    if (offset === 0 && at + chunk.length === segment.bytes) throw broken(path, 'it ends within a record')
    at += offset
  }
}

/** What a read throws for a frame whose checksum does not hold. */
export const damagedFrame = (segment: Segment, recordIndex: number): LabError =>
  broken(segmentPath(segment), `the checksum of record ${String(recordIndex)} does not hold`)

async function readIndex(segment: Segment): Promise<ReturnType<typeof SparseIndex.decode>> {
  try {
    return SparseIndex.decode(await readFile(indexPath(segment)))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

async function readSegment(empty: Segment, isLast: boolean, log: Logger): Promise<Segment> {
  const path = segmentPath(empty)
  const content = await readFile(path)
  const index = new SparseIndex()
  let { lastIndex, lastArrivedAtMs } = empty
  const { wholeBytes, tornBytes, isBroken } = walkFrames(content, (offset) => {
    lastIndex = recordIndexAt(content, offset)
    lastArrivedAtMs = arrivedAtMsAt(content, offset)
    index.add(lastIndex, lastArrivedAtMs, offset)
  })
  if (isBroken || (tornBytes > 0 && !isLast)) {
    throw broken(path, `no whole record begins at byte ${String(wholeBytes)}, and stored records follow`)
  }
  if (tornBytes > 0) {
    await truncate(path, wholeBytes)
    log.warn({ segment: path, tornBytes, wholeBytes }, 'cut off what an interrupted write left')
  }
  return { ...empty, bytes: wholeBytes, lastIndex, lastArrivedAtMs, index }
}
