import { crc32 } from 'node:zlib'

/**
 * One record in a segment, numbers big-endian: magic (4 bytes), length of the body (4), CRC-32 of the body (4); body: record index (6),
 * arrival in epoch milliseconds (6), length of the partition key (2), the key in UTF-8, the data.
 */
const magic = Buffer.from('PLR1')
const magicNumber = magic.readUInt32BE()
const headerBytes = 12
const fixedBodyBytes = 14

/** Size of a frame without its partition key and data. */
export const frameOverheadBytes = headerBytes + fixedBodyBytes

/** Size of the part of a frame that says how long it is. */
export const frameHeaderBytes = headerBytes

export interface FramedRecord {
  readonly recordIndex: number
  readonly arrivedAtMs: number
  readonly partitionKey: string
  readonly data: Uint8Array
}

/** Size of the record's frame. */
export const frameBytesOf = ({ partitionKey, data }: Pick<FramedRecord, 'partitionKey' | 'data'>): number =>
  frameOverheadBytes + Buffer.byteLength(partitionKey) + data.length

/** Writes the record's frame at `offset`. @returns where it ends */
export function encodeFrame(record: FramedRecord, into: Buffer, offset: number): number {
  const { recordIndex, arrivedAtMs, partitionKey, data } = record
  const keyBytes = into.write(partitionKey, offset + 26)
  const end = offset + frameOverheadBytes + keyBytes + data.length
  into.writeUInt32BE(magicNumber, offset)
  into.writeUInt32BE(fixedBodyBytes + keyBytes + data.length, offset + 4)
  into.writeUIntBE(recordIndex, offset + 12, 6)
  into.writeUIntBE(arrivedAtMs, offset + 18, 6)
  into.writeUInt16BE(keyBytes, offset + 24)
  into.set(data, offset + 26 + keyBytes)
  into.writeUInt32BE(crc32(into.subarray(offset + headerBytes, end)), offset + 8)
  return end
}

/** Size of the frame that begins here by its header, or undefined where none begins. The header must be in the buffer whole. */
export function frameBytesAt(buffer: Buffer, offset: number): number | undefined {
  if (buffer.readUInt32BE(offset) !== magicNumber) return undefined
  const bodyBytes = buffer.readUInt32BE(offset + 4)
  return bodyBytes < fixedBodyBytes ? undefined : headerBytes + bodyBytes
}

/** Of a frame that is in the buffer whole: whether its checksum holds. */
export const isIntact = (buffer: Buffer, offset: number, frameBytes: number): boolean =>
  crc32(buffer.subarray(offset + headerBytes, offset + frameBytes)) === buffer.readUInt32BE(offset + 8) &&
  fixedBodyBytes + headerBytes + buffer.readUInt16BE(offset + 24) <= frameBytes

export const recordIndexAt = (buffer: Buffer, offset: number): number => buffer.readUIntBE(offset + 12, 6)
export const arrivedAtMsAt = (buffer: Buffer, offset: number): number => buffer.readUIntBE(offset + 18, 6)

/** Of a frame that is in the buffer whole and intact; the data is a view on the buffer. */
export function decodeFrame(buffer: Buffer, offset: number, frameBytes: number): FramedRecord {
  const dataAt = offset + 26 + buffer.readUInt16BE(offset + 24)
  return {
    recordIndex: recordIndexAt(buffer, offset),
    arrivedAtMs: arrivedAtMsAt(buffer, offset),
    partitionKey: buffer.toString('utf8', offset + 26, dataAt),
    data: buffer.subarray(dataAt, offset + frameBytes),
  }
}

/** Size of the whole, intact frame at `offset`, or undefined. */
function intactFrameBytesAt(buffer: Buffer, offset: number): number | undefined {
  if (offset + headerBytes > buffer.length) return undefined
  const frameBytes = frameBytesAt(buffer, offset)
  if (frameBytes === undefined || offset + frameBytes > buffer.length) return undefined
  return isIntact(buffer, offset, frameBytes) ? frameBytes : undefined
}

/**
 * Walks a segment's frames from its start. `wholeBytes`: where the last whole frame of the unbroken row ends; `tornBytes`: what follows;
 * `isBroken`: whether an intact frame follows that, so that it is damage to stored records rather than a write that never ended.
 */
export function walkFrames(
  segment: Buffer,
  visit: (offset: number, frameBytes: number) => void,
): { readonly wholeBytes: number; readonly tornBytes: number; readonly isBroken: boolean } {
  let offset = 0
  let lastIndex = 0
  for (;;) {
    const frameBytes = intactFrameBytesAt(segment, offset)
    if (frameBytes === undefined) break
    visit(offset, frameBytes)
    lastIndex = recordIndexAt(segment, offset)
    offset += frameBytes
  }
  const wholeBytes = offset
  let isBroken = false
  while (!isBroken && (offset = segment.indexOf(magic, offset + 1)) !== -1) {
    // a lower index: a frame that somebody stored as data
    isBroken = intactFrameBytesAt(segment, offset) !== undefined && recordIndexAt(segment, offset) > lastIndex
  }
  return { wholeBytes, tornBytes: segment.length - wholeBytes, isBroken }
}
