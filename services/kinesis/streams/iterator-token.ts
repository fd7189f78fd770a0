import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { z } from 'zod'

/** What an iterator says; in its text it is encrypted. */
const Content = z.strictObject({
  createdAtMs: z.int().nonnegative(),
  streamName: z.string(),
  /** Tells a stream from a later one of the same name. */
  streamCreatedAtMs: z.int().nonnegative(),
  shardIndex: z.int().nonnegative(),
  fromIndex: z.int().nonnegative(),
  /** Of AT_TIMESTAMP, until its first read; else 0. */
  notBeforeMs: z.int().nonnegative(),
})
export type IteratorContent = Readonly<z.infer<typeof Content>>

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
    return Buffer.concat([iv, cipher.update(JSON.stringify(content)), cipher.final(), cipher.getAuthTag()]).toString(
      'base64',
    )
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
    return Content.parse(JSON.parse(clear.toString()))
  }
}
