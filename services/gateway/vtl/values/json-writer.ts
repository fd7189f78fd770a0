import { textOf } from './text.ts'
import { EvaluationError, VtlList, VtlMap, type Nullable } from './value.ts'

/** `web` escapes slashes too: json-smart does so where a list prints itself, not where JSON is asked for. */
export type JsonStyle = 'plain' | 'web'

const maxDepth = 1_000
/** Characters that json-smart escapes beside quote and backslash. */
const special = /["\\\u0000-\u001f\u007f-\u009f\u2000-\u20ff]/
const specialOrSlash = /["\\/\u0000-\u001f\u007f-\u009f\u2000-\u20ff]/
const every = { plain: new RegExp(special, 'g'), web: new RegExp(specialOrSlash, 'g') }

/** A value as compact JSON, members in the order of their arrival. */
export function jsonText(value: Nullable, style: JsonStyle, depth = 0): string {
  if (typeof value === 'string') return quoted(value, style)
  if (depth > maxDepth) throw new EvaluationError(`a value is nested more than ${String(maxDepth)} deep`)
  if (value instanceof VtlMap) {
    let text = ''
    for (const [key, item] of value)
      text += `${text === '' ? '' : ','}${quoted(textOf(key), style)}:${jsonText(item, style, depth + 1)}`
    return `{${text}}`
  }
  if (value instanceof VtlList) {
    let text = ''
    for (const item of value.items) text += `${text === '' ? '' : ','}${jsonText(item, style, depth + 1)}`
    return `[${text}]`
  }
  // JSON has no infinity
  return typeof value === 'number' && !Number.isFinite(value) ? 'null' : textOf(value)
}

function quoted(text: string, style: JsonStyle): string {
  const unsafe = style === 'web' ? specialOrSlash : special
  return `"${unsafe.test(text) ? text.replaceAll(every[style], escaped) : text}"`
}

const short: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

const escaped = (character: string): string =>
  short[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
