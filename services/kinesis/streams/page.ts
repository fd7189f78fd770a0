import { arrivedAtMsAt, decodeFrame, frameOverheadBytes, isIntact, recordIndexAt, type FramedRecord } from './frame.ts'
import { isErrno } from './files.ts'
import type { OpenSegments, SegmentLease } from './open-segments.ts'
import { damagedFrame, readFrames, type Segment } from './segment.ts'
import { intervalBytes } from './sparse-index.ts'

export interface PageRequest {
  readonly fromIndex: number
  /** Records that arrived earlier are passed over. */
  readonly notBeforeMs: number
  readonly maxRecords: number
  /** Of data and partition keys; the first record is given whatever its size. */
  readonly maxBytes: number
}

export interface Page {
  readonly records: readonly FramedRecord[]
  readonly bytes: number
  /** Where the next page begins. */
  readonly nextIndex: number
}

/**
 * The records asked for, of segments in rising order.
 * @param endIndex the index after the last stored record's
 * @throws LabError LAB_STATE_BROKEN for a damaged record
 */
export async function readPage(
  segments: readonly Segment[],
  endIndex: number,
  request: PageRequest,
  openSegments: OpenSegments,
): Promise<Page> {
  const { fromIndex, notBeforeMs, maxRecords, maxBytes } = request
  const records: FramedRecord[] = []
  let bytes = 0
  let isFull = false as boolean
  const isWanted = ({ lastIndex, lastArrivedAtMs }: Segment): boolean =>
    lastIndex >= fromIndex && lastArrivedAtMs >= notBeforeMs
  for (const segment of fromIndex < endIndex ? segments.filter(isWanted) : []) {
    using lease = leaseOf(segment, openSegments)
    if (lease === undefined) continue
    const { fd, index } = lease
    const offset = Math.max(index.offsetOfIndex(fromIndex), index.offsetOfTime(notBeforeMs))
    const wanted = { offset, bytes: likelyBytes(segment, maxRecords - records.length) }
    await readFrames(segment, fd, wanted, (chunk, offset, frameBytes) => {
      const recordIndex = recordIndexAt(chunk, offset)
      if (recordIndex < fromIndex || arrivedAtMsAt(chunk, offset) < notBeforeMs) return true
      const recordBytes = frameBytes - frameOverheadBytes
      isFull = records.length > 0 && bytes + recordBytes > maxBytes
      if (isFull) return false
      if (!isIntact(chunk, offset, frameBytes)) throw damagedFrame(segment, recordIndex)
      records.push(decodeFrame(chunk, offset, frameBytes))
      bytes += recordBytes
      isFull = records.length === maxRecords
      return !isFull
    })
    if (isFull) break
  }
  const afterLast = (records.at(-1)?.recordIndex ?? fromIndex - 1) + 1
  return { records, bytes, nextIndex: isFull ? afterLast : Math.max(afterLast, endIndex) }
}

/** Undefined when its records have expired and were deleted. */
function leaseOf(segment: Segment, openSegments: OpenSegments): SegmentLease | undefined {
  try {
    return openSegments.lease(segment)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Of so many records as they are on average, and of those that are passed over to come to the first. */
const likelyBytes = ({ bytes, firstIndex, lastIndex }: Segment, records: number): number =>
  Math.ceil((bytes / (lastIndex - firstIndex + 1)) * (records + 1)) + intervalBytes
