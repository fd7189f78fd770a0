import { hash } from 'node:crypto'
import { LosslessNumber, parse } from 'lossless-json'
import { entities, entityNames, type EntityName } from '../../contract/index.ts'

/** What a record's value is to the pipeline, judged without analytics/sql and without the sink's code. */
export type RecordKind =
  /** A row of the topic's table. */
  | 'row'
  /** No bytes, blanks, or JSON's null: the connector writes nothing for it. */
  | 'null'
  | 'not JSON'
  | 'no ind'
  | 'a record of another table'

export interface JudgedRecord {
  readonly kind: RecordKind
  /** NaN where the record has none that is a whole number of 32 bits. */
  readonly ind: number
  /** Equal for two JSON texts that mean the same to Java: any key order, numbers as longs and doubles. 0 when not JSON. */
  readonly valueDigest: bigint
  /** Equal for records whose columns of the entity hold the same, as `sourceRowDigest` gives it for a source row. */
  readonly rowDigest: bigint
}

export type JsonObject = Readonly<Record<string, unknown>>

/** The value read as the connector reads it: text after the first JSON value is ignored. Undefined when it is not JSON. */
export function parseValue(value: Buffer | null): unknown {
  const text = value?.toString('utf8') ?? ''
  if (/^[ \t\r\n]*$/.test(text)) return null
  const parsed = parseJson(text)
  if (parsed !== undefined) return parsed
  const first = firstContainer(text)
  return first === undefined ? undefined : parseJson(first)
}

export const judge = (entity: EntityName, value: Buffer | null): JudgedRecord => judgeParsed(entity, parseValue(value))

/** @param parsed as `parseValue` or `parseJson` gives it */
export function judgeParsed(entity: EntityName, parsed: unknown): JudgedRecord {
  if (parsed === undefined) return { kind: 'not JSON', ind: Number.NaN, valueDigest: 0n, rowDigest: 0n }
  const valueDigest = digest(canonical(parsed))
  if (parsed === null) return { kind: 'null', ind: Number.NaN, valueDigest, rowDigest: 0n }
  if (!isObject(parsed)) return { kind: 'no ind', ind: Number.NaN, valueDigest, rowDigest: 0n }
  const ind = indOf(entity, parsed)
  const rowDigest = digest(JSON.stringify(entities[entity].columns.map((column) => comparable(parsed[column]))))
  return { kind: kindOf(entity, parsed, ind), ind, valueDigest, rowDigest }
}

/** Digest of a line as it stands in an object, comparable with `valueDigest`; undefined when it is not JSON. */
export function lineDigest(line: string): bigint | undefined {
  const parsed = parseJson(line)
  return parsed === undefined ? undefined : digest(canonical(parsed))
}

export const sourceRowDigest = (entity: EntityName, row: Readonly<Record<string, unknown>>): bigint =>
  digest(JSON.stringify(entities[entity].columns.map((column) => comparable(row[column]))))

/** Text of a cell as cleaning sees it; null for none. A nested value gives undefined: what it cleans to is not judged here. */
export function cellText(value: unknown): string | null | undefined {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (!(value instanceof LosslessNumber)) return undefined
  const number = javaNumber(value.value)
  return typeof number === 'bigint' || !Number.isInteger(number) ? String(number) : `${String(number)}.0`
}

/** A whole number of 32 bits, also as text or written 5.0; NaN for all else. */
export function wholeNumber(value: unknown): number {
  const match = /^([+-]?\d+)(?:\.0*)?$/.exec(trimmed(cellText(value) ?? ''))
  const number = match ? Number(match[1]) : Number.NaN
  return number >= -2_147_483_648 && number <= 2_147_483_647 ? number + 0 : Number.NaN
}

export const trimmed = (text: string): string =>
  text.replace(/^\p{White_Space}+/u, '').replace(/\p{White_Space}+$/u, '')

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber)

const indOf = (entity: EntityName, record: JsonObject): number => wholeNumber(record[entities[entity].keyColumn])

function kindOf(entity: EntityName, record: JsonObject, ind: number): RecordKind {
  const tables = tablesOf(record)
  if (!tables.includes(entity) && tables.length > 0) return 'a record of another table'
  return Number.isNaN(ind) ? 'no ind' : 'row'
}

/** The entities of which the record holds a column beside the key. */
export const tablesOf = (record: JsonObject): EntityName[] =>
  entityNames.filter((name) =>
    entities[name].columns.some((column) => column !== entities[name].keyColumn && (record[column] ?? null) !== null),
  )

/** The text as one JSON value and nothing after it; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return parse(text, undefined, { onDuplicateKey: ({ newValue }) => newValue })
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined
    throw error
  }
}

/** The object or array that the text begins with, when it ends before the text does. */
function firstContainer(text: string): string | undefined {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (inString) {
      if (char === '\\') at++
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '{' || char === '[') depth++
    else if ((char === '}' || char === ']') && --depth === 0) return text.slice(0, at + 1)
    if (depth === 0 && !inString && /\S/.test(char)) return undefined
  }
  return undefined
}

/** Numbers as Java's JsonConverter holds them: whole ones wrap to 64 bits, all others are doubles without a negative zero. */
function javaNumber(token: string): bigint | number {
  return /[.eE]/.test(token) ? Number(token) + 0 : BigInt.asIntN(64, BigInt(token))
}

function canonical(value: unknown): string {
  if (value instanceof LosslessNumber) {
    const number = javaNumber(value.value)
    if (typeof number === 'bigint') return number.toString()
    return Number.isFinite(number) ? `${String(number)}d` : JSON.stringify(String(number))
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.keys(value).sort()
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}

/** A source value and the same value in a record give the same text, whichever form its time has. */
function comparable(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value.replace(/^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})$/, '$1 $2')
  if (value instanceof LosslessNumber) return `number ${String(Number(value.value))}`
  return typeof value === 'number' ? `number ${String(value)}` : JSON.stringify(value)
}

/** 64 bits of MD5. */
const digest = (text: string): bigint => hash('md5', text, 'buffer').readBigUInt64LE()
