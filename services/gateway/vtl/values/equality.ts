import { isSameNumber, numeric } from './numbers.ts'
import { textOf } from './text.ts'
import { VtlList, VtlMap, type Nullable } from './value.ts'

/** `==` of a template: numbers by value, equal kinds by their content, else what they print. */
export function looselyEqual(left: Nullable, right: Nullable): boolean {
  const a = numeric(left)
  const b = numeric(right)
  if (a !== undefined && b !== undefined) return isSameNumber(a, b)
  if (left === null || right === null) return left === right
  return equal(left, right) || (!isSameKind(left, right) && textOf(left) === textOf(right))
}

/** Java's equals(). */
export function equal(left: Nullable, right: Nullable): boolean {
  if (left === right) return true
  if (left instanceof VtlList && right instanceof VtlList)
    return (
      left.items.length === right.items.length &&
      left.items.every((item, index) => equal(item, right.items[index] ?? null))
    )
  if (left instanceof VtlMap && right instanceof VtlMap)
    return (
      left.size === right.size &&
      Array.from(left).every(([key, item]) => right.has(key) && equal(item, right.get(key) ?? null))
    )
  return false
}

function isSameKind(left: Nullable, right: Nullable): boolean {
  if (typeof left !== 'object' || typeof right !== 'object') return typeof left === typeof right
  return left?.constructor === right?.constructor
}
