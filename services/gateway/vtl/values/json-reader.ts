import { Decimal, VtlList, VtlMap, type Nullable } from './value.ts'

/** Nesting that is read; deeper payloads count as not JSON. */
const maxDepth = 1_000
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const hexadecimal = /^[0-9a-fA-F]{4}$/
const controls = /[\u0000-\u001f]/

/** Thrown for text that is no JSON document (RFC 8259). */
export class NotJson extends Error {}

/** Reads a document into lists and maps of the engine: members keep their order, any name is a plain key. @throws NotJson */
export function readJson(text: string): Nullable {
  const reader = new Reader(text)
  const value = reader.value(0)
  reader.blanks()
  if (reader.at < text.length) reader.fail()
  return value
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

class Reader {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  fail(): never {
    throw new NotJson(`not JSON at offset ${String(this.at)}`)
  }

  blanks(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.at += 1
    }
  }

  value(depth: number): Nullable {
    if (depth > maxDepth) this.fail()
    this.blanks()
    switch (this.text.charAt(this.at)) {
      case '"':
        return this.string()
      case '{':
        return this.object(depth)
      case '[':
        return this.array(depth)
      case 't':
        return this.word('true', true)
      case 'f':
        return this.word('false', false)
      case 'n':
        return this.word('null', null)
      default:
        return this.number()
    }
  }

  private object(depth: number): VtlMap {
    const map = new VtlMap()
    this.at += 1
    this.blanks()
    if (this.takes('}')) return map
    do {
      this.blanks()
      if (this.text[this.at] !== '"') this.fail()
      const key = this.string()
      this.blanks()
      if (!this.takes(':')) this.fail()
      map.set(key, this.value(depth + 1))
      this.blanks()
    } while (this.takes(','))
    if (!this.takes('}')) this.fail()
    return map
  }

  private array(depth: number): VtlList {
    const items: Nullable[] = []
    this.at += 1
    this.blanks()
    if (this.takes(']')) return new VtlList(items, true)
    do {
      items.push(this.value(depth + 1))
      this.blanks()
    } while (this.takes(','))
    if (!this.takes(']')) this.fail()
    return new VtlList(items, true)
  }

  private string(): string {
    const start = this.at + 1
    let end = this.text.indexOf('"', start)
    if (end < 0) this.fail()
    const plain = this.text.slice(start, end)
    if (!plain.includes('\\')) {
      if (controls.test(plain)) this.fail()
      this.at = end + 1
      return plain
    }
    let value = ''
    let from = start
    for (let slash = this.text.indexOf('\\', start); slash >= 0 && slash < end; slash = this.text.indexOf('\\', from)) {
      value += this.text.slice(from, slash)
      const [character, length] = this.escape(slash + 1)
      value += character
      from = slash + 1 + length
      if (end < from) end = this.text.indexOf('"', from)
      if (end < 0) this.fail()
    }
    if (controls.test(this.text.slice(start, end))) this.fail()
    this.at = end + 1
    return value + this.text.slice(from, end)
  }

  /** Character and length of the escape whose letter stands at `offset`. */
  private escape(offset: number): [string, number] {
    const letter = this.text.charAt(offset)
    const plain = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined
    if (plain !== undefined) return [plain, 1]
    const code = this.text.slice(offset + 1, offset + 5)
    if (letter !== 'u' || !hexadecimal.test(code)) this.fail()
    return [String.fromCharCode(Number.parseInt(code, 16)), 5]
  }

  private number(): bigint | number | Decimal {
    number.lastIndex = this.at
    const found = number.exec(this.text)
    if (!found) this.fail()
    const [text, fraction, exponent] = found
    this.at += text.length
    if (fraction === undefined && exponent === undefined) return BigInt(text)
    return text.length > 18 ? new Decimal(text) : Number(text)
  }

  private word<Word extends boolean | null>(word: string, value: Word): Word {
    if (!this.text.startsWith(word, this.at)) this.fail()
    this.at += word.length
    return value
  }

  private takes(character: string): boolean {
    if (this.text[this.at] !== character) return false
    this.at += 1
    return true
  }
}
