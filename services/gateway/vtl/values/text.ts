import { jsonText } from './json-writer.ts'
import { doubleText } from './numbers.ts'
import { ContextMap, Decimal, EvaluationError, isHost, VtlList, VtlMap, type Nullable } from './value.ts'

/** Deeper ones would exhaust the stack: a list can hold itself. */
const maxDepth = 1_000

/** A value as Java prints it: `{key=value, other=[1, 2]}`; a list that came from JSON prints as JSON, a map never does. */
export function textOf(value: Nullable, depth = 0): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return doubleText(value)
  if (value === null || typeof value !== 'object') return String(value)
  if (depth > maxDepth) throw new EvaluationError(`a value is nested more than ${String(maxDepth)} deep`)
  if (value instanceof ContextMap) return ''
  if (value instanceof VtlMap) {
    const entries = Array.from(value, ([key, item]) => `${textOf(key, depth + 1)}=${textOf(item, depth + 1)}`)
    return `{${entries.join(', ')}}`
  }
  if (value instanceof VtlList) {
    if (value.isJson) return jsonText(value, 'web')
    return `[${value.items.map((item) => textOf(item, depth + 1)).join(', ')}]`
  }
  if (value instanceof Decimal) return value.digits
  return isHost(value) ? value.text : ''
}
