import { type SourceRow } from './source.ts'

const floatColumns = new Set(['latitude', 'longitude'])
const datetimeColumns = new Set(['timestamp', 'date_joined'])

/** A row as the course's script prints it: the `repr` of a Python dict, with its datetime objects. */
export const pythonDict = (row: SourceRow): string =>
  `{${Object.entries(row)
    .map(([column, value]) => `${pythonString(column)}: ${pythonValue(column, value)}`)
    .join(', ')}}`

function pythonValue(column: string, value: string | number | null): string {
  if (value === null) return 'None'
  if (typeof value === 'number') return floatColumns.has(column) ? pythonFloat(value) : String(value)
  return (datetimeColumns.has(column) ? pythonDatetime(value) : undefined) ?? pythonString(value)
}

/** Digits are the same shortest ones as JavaScript's; Python writes a whole number with `.0`, and exponents from 1e16 on and below 1e-4. */
export function pythonFloat(value: number): string {
  if (Object.is(value, -0)) return '-0.0'
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
  }
  const digits = String(value)
  return digits.includes('.') ? digits : `${digits}.0`
}

function pythonDatetime(text: string): string | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text)?.slice(1).map(Number)
  if (!parts) return undefined
  const shown = parts.at(-1) === 0 ? parts.slice(0, -1) : parts // repr leaves out seconds of zero
  return `datetime.datetime(${shown.join(', ')})`
}

/** Single quotes unless the text has some and no double ones; what does not print is escaped (Objects/unicodeobject.c). */
export function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replaceAll(/\\|\n|\r|\t|'|(?! )[\p{C}\p{Z}]/gu, (character) => {
    if (character === "'") return quote === "'" ? "\\'" : "'"
    return shortEscapes.get(character) ?? hexEscape(character.codePointAt(0) ?? 0)
  })
  return `${quote}${escaped}${quote}`
}

const shortEscapes = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

function hexEscape(codePoint: number): string {
  const hex = codePoint.toString(16)
  if (codePoint <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return codePoint <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
