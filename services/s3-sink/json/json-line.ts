import { hashMapOrder } from './java-hash-map.ts'
import { javaDouble } from './java-double.ts'

/** The value is not what Connect's JsonConverter takes for JSON; the message says why and where. */
export class NotJson extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NotJson'
  }
}

/** Limits of Jackson's StreamReadConstraints, which the converter keeps. */
const maxDepth = 1_000
const maxNumberLength = 1_000
const maxNameLength = 50_000
/** Scale of a java.math.BigDecimal is an int. */
const maxScale = 2_147_483_647
const maxKnownShapes = 1_000

const utf8 = new TextDecoder('utf-8', { fatal: true })
/** Output order of objects seen so far, by their names as written; records of a topic are mostly of one shape. */
const knownShapes = new Map<string, readonly number[]>()

/**
 * What the connector writes for a record's value: JsonConverter (schemas.enable=false) reads it into Java maps and numbers,
 * Jackson writes these out. So names come in HashMap order, whole numbers wrap to 64 bits, other numbers are doubles, and
 * characters outside the basic plane are escaped as surrogate pairs. It reads as Jackson does: text after the first value is
 * ignored, leading zeros are allowed.
 * @returns the line without its newline; undefined where Connect sees a null value (no bytes, blanks only, or `null`)
 * @throws NotJson
 */
export function jsonLine(value: Uint8Array): string | undefined {
  const reader = new JsonReader(decoded(value))
  const line = reader.document()
  return line === 'null' ? undefined : line
}

function decoded(value: Uint8Array): string {
  try {
    return utf8.decode(value)
  } catch (error) {
    if (error instanceof TypeError) throw new NotJson('Invalid UTF-8')
    throw error
  }
}

const quote = 0x22
const backslash = 0x5c
const number = /-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?/y
const afterWord = /[\p{ID_Continue}$]/uy
const shortEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

class JsonReader {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): string | undefined {
    this.#skipBlanks()
    if (this.#at === this.#text.length) return undefined
    const start = this.#text.charCodeAt(this.#at)
    const line = this.#value()
    if (isDigit(start) || start === 0x2d) this.#expectBlankOrEnd()
    return line
  }

  #value(): string {
    const code = this.#text.charCodeAt(this.#at)
    if (code === quote) return this.#string()
    if (code === 0x7b) return this.#object()
    if (code === 0x5b) return this.#array()
    if (code === 0x74) return this.#word('true')
    if (code === 0x66) return this.#word('false')
    if (code === 0x6e) return this.#word('null')
    return this.#number()
  }

  #object(): string {
    this.#enter()
    const names: string[] = []
    const values: string[] = []
    if (!this.#ends(0x7d)) {
      do {
        this.#skipBlanks()
        if (this.#text.charCodeAt(this.#at) !== quote) this.#fail('Expected a name in double quotes')
        const start = this.#at
        names.push(this.#string())
        if (this.#at - start - 2 > maxNameLength) this.#fail(`A name is longer than ${String(maxNameLength)}`)
        this.#skipBlanks()
        if (this.#text.charCodeAt(this.#at) !== 0x3a) this.#fail('Expected a colon after a name')
        this.#at += 1
        this.#skipBlanks()
        values.push(this.#value())
      } while (this.#continues(0x7d))
    }
    this.#depth -= 1
    let out = ''
    for (const index of outputOrder(names)) {
      out += `${out === '' ? '{' : ','}${names[index] ?? ''}:${values[index] ?? ''}`
    }
    return out === '' ? '{}' : `${out}}`
  }

  #array(): string {
    this.#enter()
    const values: string[] = []
    if (!this.#ends(0x5d)) {
      do {
        this.#skipBlanks()
        values.push(this.#value())
      } while (this.#continues(0x5d))
    }
    this.#depth -= 1
    return `[${values.join(',')}]`
  }

  /** Reads a string with its quotes, and gives it back as Jackson writes it, with quotes. */
  #string(): string {
    const text = this.#text
    const start = this.#at
    let isPlain = true
    let at = start + 1
    for (; ; at += 1) {
      const code = text.charCodeAt(at)
      if (code === quote) break
      if (code === backslash) {
        isPlain = false
        at += 1
      } else if (code >= 0xd800 && code < 0xe000) isPlain = false
      else if (code < 0x20) this.#fail('A control character in a string must be escaped', at)
      else if (Number.isNaN(code)) this.#fail('The text ends within a string', at)
    }
    this.#at = at + 1
    return isPlain ? text.slice(start, at + 1) : writtenString(this.#unescaped(start + 1, at))
  }

  #unescaped(start: number, end: number): string {
    let out = ''
    let from = start
    for (let at = this.#text.indexOf('\\', from); at >= 0 && at < end; at = this.#text.indexOf('\\', from)) {
      out += this.#text.slice(from, at)
      const letter = this.#text.charAt(at + 1)
      const short = shortEscapes[letter]
      if (short !== undefined) {
        out += short
        from = at + 2
      } else {
        const hex = this.#text.slice(at + 2, at + 6)
        if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex)) this.#fail('Unknown character escape', at)
        out += String.fromCharCode(Number.parseInt(hex, 16))
        from = at + 6
      }
    }
    return out + this.#text.slice(from, end)
  }

  #number(): string {
    number.lastIndex = this.#at
    const match = number.exec(this.#text)
    if (!match) this.#fail('Expected a value')
    const [token, whole = '', fraction, exponent] = match
    if (token.length > maxNumberLength) this.#fail(`A number is longer than ${String(maxNumberLength)}`)
    this.#at += token.length
    // what the pattern left off may still belong to the number: `1.`, `1e`
    if (/[.eE]/.test(this.#text.charAt(this.#at))) this.#fail('Expected a digit')
    if (fraction === undefined && exponent === undefined) return writtenLong(token, whole)
    if (Math.abs(Number(exponent ?? 0) - (fraction?.length ?? 0)) > maxScale) this.#fail('The exponent is out of range')
    const isZero = !/[1-9]/.test(whole + (fraction ?? ''))
    const value = isZero ? 0 : Number(token) // a BigDecimal has no negative zero
    const text = javaDouble(value)
    return Number.isFinite(value) ? text : `"${text}"`
  }

  #word(word: string): string {
    const end = this.#at + word.length
    afterWord.lastIndex = end
    if (!this.#text.startsWith(word, this.#at) || afterWord.test(this.#text)) this.#fail('Unknown token')
    this.#at = end
    return word
  }

  #enter(): void {
    this.#at += 1
    this.#depth += 1
    if (this.#depth > maxDepth) this.#fail(`The document is nested deeper than ${String(maxDepth)}`)
  }

  /** Whether the container just entered has nothing in it. */
  #ends(closing: number): boolean {
    this.#skipBlanks()
    if (this.#text.charCodeAt(this.#at) !== closing) return false
    this.#at += 1
    return true
  }

  /** Steps over the comma or the closing bracket after a member. */
  #continues(closing: number): boolean {
    this.#skipBlanks()
    const code = this.#text.charCodeAt(this.#at)
    if (code !== 0x2c && code !== closing) this.#fail(`Expected a comma or ${String.fromCharCode(closing)}`)
    this.#at += 1
    return code === 0x2c
  }

  #expectBlankOrEnd(): void {
    if (this.#at < this.#text.length && !isBlank(this.#text.charCodeAt(this.#at)))
      this.#fail('Expected a blank after a number')
  }

  #skipBlanks(): void {
    while (isBlank(this.#text.charCodeAt(this.#at))) this.#at += 1
  }

  #fail(message: string, at = this.#at): never {
    throw new NotJson(`${message} at character ${String(at)}`)
  }
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39
const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

/** A Java long: whole numbers beyond 64 bits keep their low bits. */
function writtenLong(token: string, digits: string): string {
  if (digits.length <= 15 && (digits === '0' || !digits.startsWith('0'))) return token === '-0' ? '0' : token
  return BigInt.asIntN(64, token.startsWith('-') ? -BigInt(digits) : BigInt(digits)).toString()
}

const escaped = /["\\\u0000-\u001f\ud800-\udfff]/g
const shortForms: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

const writtenString = (text: string): string =>
  `"${text.replace(escaped, (char) => shortForms[char] ?? unicodeEscape(char))}"`

const unicodeEscape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`

/** Which of the members read go out, in order; of equal names the last value stands in the first one's place. */
function outputOrder(names: readonly string[]): readonly number[] {
  const shape = names.join('')
  const known = knownShapes.get(shape)
  if (known) return known
  const lastIndex = new Map(names.map((name, index) => [JSON.parse(name) as string, index]))
  for (const name of lastIndex.keys()) if (!name.isWellFormed()) throw new NotJson('Broken surrogate pair in a name')
  const indexes = [...lastIndex.values()]
  const order = hashMapOrder([...lastIndex.keys()]).map((position) => indexes[position] ?? 0)
  if (knownShapes.size >= maxKnownShapes) knownShapes.clear()
  knownShapes.set(shape, order)
  return order
}
