import { cbor, tag, tagSymbol } from '@smithy/core/cbor'
import { Blob, Timestamp } from './answer-values.ts'

export interface CborTag {
  readonly tag: number
  readonly value: unknown
}

export const isCborTag = (value: unknown): value is CborTag =>
  typeof value === 'object' && value !== null && tagSymbol in value

/** @throws what the library throws at bytes that are no CBOR */
export const decodeCbor = (body: Uint8Array): unknown => cbor.deserialize(body)

export const encodeCbor = (answer: object): Buffer => Buffer.from(cbor.serialize(plain(answer)).buffer)

/** The library refuses undefined members and knows nothing of our blobs and times. */
function plain(value: unknown): unknown {
  if (value instanceof Blob) return value.bytes
  if (value instanceof Timestamp) return tag({ tag: 1, value: value.epochMs })
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const members: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) if (member !== undefined) members[name] = plain(member)
  return members
}
