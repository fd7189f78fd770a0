import { isAscii } from 'node:buffer'

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
/** None of the bodies that are read here nests deeper. */
const maxDepth = 8
const control = /[\u0000-\u001f]/

/**
 * What JSON.parse makes of a body, if that has nothing but objects, lists and texts without escapes, in ASCII; else undefined, which
 * says nothing. Each text is cut out of the bytes: JSON.parse wants the whole body as one string first, and a string of 700 KB costs
 * more in memory pages than its parsing.
 */
export function parsePlainJson(body: Buffer): unknown {
  if (!isAscii(body)) return undefined
  const reader = new Reader(body)
  const value = reader.value(0)
  return reader.isAtEnd ? value : undefined
}

class Reader {
  readonly #body: Buffer
  #at = 0

  constructor(body: Buffer) {
    this.#body = body
  }

  get isAtEnd(): boolean {
    return this.#next() === undefined
  }

  value(depth: number): unknown {
    if (depth > maxDepth) return undefined
    switch (this.#next()) {
      case quote:
        return this.#text()
      case 0x5b:
        return this.#list(depth)
      case 0x7b:
        return this.#object(depth)
      case undefined:
      default:
        return undefined
    }
  }

  #text(): string | undefined {
    const end = this.#body.indexOf(quote, this.#at + 1)
    if (end < 0) return undefined
    const text = this.#body.toString('latin1', this.#at + 1, end)
    this.#at = end + 1
    return text.includes('\\') || control.test(text) ? undefined : text
  }

  #list(depth: number): unknown[] | undefined {
    const items: unknown[] = []
    this.#at += 1
    if (this.#takes(0x5d)) return items
    do {
      const item = this.value(depth + 1)
      if (item === undefined) return undefined
      items.push(item)
    } while (this.#takes(comma))
    return this.#takes(0x5d) ? items : undefined
  }

  #object(depth: number): object | undefined {
    const members: Record<string, unknown> = {}
    this.#at += 1
    if (this.#takes(0x7d)) return members
    do {
      const name = this.#next() === quote ? this.#text() : undefined
      if (name === undefined || name === '__proto__' || !this.#takes(colon)) return undefined
      const value = this.value(depth + 1)
      if (value === undefined) return undefined
      members[name] = value
    } while (this.#takes(comma))
    return this.#takes(0x7d) ? members : undefined
  }

  #takes(byte: number): boolean {
    if (this.#next() !== byte) return false
    this.#at += 1
    return true
  }

  /** The byte after what may stand between two tokens. */
  #next(): number | undefined {
    for (;;) {
      const byte = this.#body[this.#at]
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte
      this.#at += 1
    }
  }
}
