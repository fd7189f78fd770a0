import { KinesisError } from '../kinesis-error.ts'

/**
 * The bytes of a base64 text. Node's decoder skips what is not base64, so the length tells whether anything was skipped.
 *
 * @throws KinesisError SerializationException
 */
export function blobOf(text: string): Uint8Array {
  const bytes = decode(text)
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const isWhole = text.length % 4 === 0 && bytes.length === (text.length / 4) * 3 - padding
  // Node takes the URL's alphabet as well.
  if (!isWhole || text.includes('-') || text.includes('_')) throw refusal(text)
  if (padding > 0 && hasStrayBits(text, padding)) {
    throw serialization(text, 'Invalid last non-pad Base64 character dectected')
  }
  return bytes
}

const slabBytes = 262_144
/** Texts much smaller than a slab are decoded into one: 500 buffers of their own cost three times the processor time. */
const maxInSlabBytes = slabBytes / 16
let slab = Buffer.alloc(0)
let slabAt = 0

function decode(text: string): Buffer {
  const maxBytes = Math.ceil(text.length / 4) * 3
  if (maxBytes > maxInSlabBytes) return Buffer.from(text, 'base64')
  if (slabAt + maxBytes > slab.length) {
    slab = Buffer.allocUnsafeSlow(slabBytes)
    slabAt = 0
  }
  const bytes = slab.subarray(slabAt, slabAt + slab.write(text, slabAt, 'base64'))
  slabAt += bytes.length
  return bytes
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The last character before the padding holds 4 bits too many for two pads, 2 for one: they must be zero. */
const hasStrayBits = (text: string, padding: number): boolean =>
  (alphabet.indexOf(text.charAt(text.length - padding - 1)) & (padding === 2 ? 15 : 3)) !== 0

function refusal(text: string): KinesisError {
  if (text.length % 4 !== 0) {
    return serialization(
      text,
      `Base64 encoded length is expected a multiple of 4 bytes but found: ${String(text.length)}`,
    )
  }
  const stray = /[^a-zA-Z0-9+/=]|=(?=[^=]|==)/.exec(text)?.[0] ?? '='
  return serialization(text, `Invalid Base64 character: '${stray}'`)
}

/** AWS writes the whole text; a megabyte of it helps nobody. */
const shownCharacters = 1_024

function serialization(text: string, why: string): KinesisError {
  const shown = text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text
  return new KinesisError('SerializationException', `'${shown}' can not be converted to a Blob: ${why}`)
}
