import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { z } from 'zod'

/** What an iterator says, hidden in its text. */
const Content = z.tuple([
  z.int().nonnegative(),
  z.string(),
  z.int().nonnegative(),
  z.int().nonnegative(),
  z.int().nonnegative(),
  z.int().nonnegative(),
])

export interface IteratorContent {
  readonly createdAtMs: number
  readonly streamName: string
  /** Tells a stream from a later one of the same name. */
  readonly streamCreatedAtMs: number
  readonly shardIndex: number
  readonly fromIndex: number
  /** Of AT_TIMESTAMP, until its first read; else 0. */
  readonly notBeforeMs: number
}

export const iteratorKeyBytes = 32
const ivBytes = 12
const tagBytes = 16
const algorithm = 'aes-256-gcm'

/** AES-256-GCM: opaque to clients, and what this key did not make is refused. */
export class IteratorTokens {
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  seal(content: IteratorContent): string {
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv(algorithm, this.#key, iv)
    const { createdAtMs, streamName, streamCreatedAtMs, shardIndex, fromIndex, notBeforeMs } = content
    const text = JSON.stringify([createdAtMs, streamName, streamCreatedAtMs, shardIndex, fromIndex, notBeforeMs])
    return Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64')
  }

  /** Undefined for a text that is not an iterator of this store. */
  open(text: string): IteratorContent | undefined {
    const token = Buffer.from(text, 'base64')
    if (token.length <= ivBytes + tagBytes || token.toString('base64') !== text) return undefined
    const decipher = createDecipheriv(algorithm, this.#key, token.subarray(0, ivBytes), { authTagLength: tagBytes })
    decipher.setAuthTag(token.subarray(-tagBytes))
    const clear = decipher.update(token.subarray(ivBytes, -tagBytes))
    try {
      decipher.final()
    } catch (error) {
      if (error instanceof Error) return undefined
      throw error
    }
    const content = Content.parse(JSON.parse(clear.toString()))
    const [createdAtMs, streamName, streamCreatedAtMs, shardIndex, fromIndex, notBeforeMs] = content
    return { createdAtMs, streamName, streamCreatedAtMs, shardIndex, fromIndex, notBeforeMs }
  }
}
