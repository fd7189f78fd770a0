import { arrivedAtMsAt, decodeFrame, frameOverheadBytes, isIntact, recordIndexAt, type FramedRecord } from './frame.ts'
import { isErrno } from './files.ts'
import { damagedFrame, indexOf, readFrames, type Segment } from './segment.ts'

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
export async function readPage(segments: readonly Segment[], endIndex: number, request: PageRequest): Promise<Page> {
  const { fromIndex, notBeforeMs, maxRecords, maxBytes } = request
  const records: FramedRecord[] = []
  let bytes = 0
  let isFull = false as boolean
  const isWanted = ({ lastIndex, lastArrivedAtMs }: Segment): boolean =>
    lastIndex >= fromIndex && lastArrivedAtMs >= notBeforeMs
  for (const segment of fromIndex < endIndex ? segments.filter(isWanted) : []) {
    const index = await indexOf(segment)
    const fromOffset = Math.max(index.offsetOfIndex(fromIndex), index.offsetOfTime(notBeforeMs))
    await readFrames(segment, fromOffset, (chunk, offset, frameBytes) => {
      const recordIndex = recordIndexAt(chunk, offset)
      if (recordIndex < fromIndex || arrivedAtMsAt(chunk, offset) < notBeforeMs) return true
      const recordBytes = frameBytes - frameOverheadBytes
      isFull = records.length >= maxRecords || (records.length > 0 && bytes + recordBytes > maxBytes)
      if (isFull) return false
      if (!isIntact(chunk, offset, frameBytes)) throw damagedFrame(segment, recordIndex)
      records.push(decodeFrame(chunk, offset, frameBytes))
      bytes += recordBytes
      return true
    }).catch((error: unknown) => {
      // its records have expired and were deleted
      if (!isErrno(error, 'ENOENT')) throw error
    })
    if (isFull) break
  }
  const afterLast = (records.at(-1)?.recordIndex ?? fromIndex - 1) + 1
  return { records, bytes, nextIndex: isFull ? afterLast : Math.max(afterLast, endIndex) }
}
