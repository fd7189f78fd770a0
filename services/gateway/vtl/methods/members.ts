import { equal } from '../values/equality.ts'
import { textOf } from '../values/text.ts'
import { Decimal, isDeferred, isHost, VtlList, VtlMap, type Nullable, type Value } from '../values/value.ts'
import { listMethods, mapMethods, put } from './collection-methods.ts'
import { booleanMethods, numberMethods } from './scalar-methods.ts'
import { stringMethods } from './string-methods.ts'

/** `$value.name`: a map's key, an object's property, or `isName()`. Undefined when there is none. @throws EvaluationError */
export function propertyOf(value: Value, name: string): Nullable | undefined {
  if (value instanceof VtlMap) return value.get(name)
  if (isHost(value)) return value.property(name)
  return name === 'empty' ? callMethod(value, 'isEmpty', []) : undefined
}

/** `$value[index]`: what `get(index)` gives; a negative index counts from a list's end. @throws EvaluationError */
export function itemOf(value: Value, index: Nullable): Nullable | undefined {
  if (value instanceof VtlMap) return index === null ? undefined : value.get(index)
  if (isHost(value)) return typeof index === 'string' ? value.property(index) : undefined
  return callMethod(value, 'get', [fromEnd(value, index)])
}

/** `$value.method(parameters)`. Undefined when there is no such method for such parameters. @throws EvaluationError */
export function callMethod(value: Value, method: string, parameters: readonly Nullable[]): Nullable | undefined {
  const found = ownMethod(value, method, parameters)
  if (found !== undefined || isDeferred(value)) return found
  if (method === 'toString' && parameters.length === 0) return textOf(value)
  if (method === 'equals' && parameters.length === 1) return equal(value, parameters[0] ?? null)
  return undefined
}

function ownMethod(value: Value, method: string, parameters: readonly Nullable[]): Nullable | undefined {
  if (typeof value === 'string') return stringMethods.get(method)?.(value, parameters)
  if (typeof value === 'boolean') return booleanMethods.get(method)?.(value, parameters)
  if (typeof value !== 'object' || value instanceof Decimal) return numberMethods.get(method)?.(value, parameters)
  if (value instanceof VtlList) return listMethods.get(method)?.(value, parameters)
  if (value instanceof VtlMap) return mapMethods.get(method)?.(value, parameters)
  return isHost(value) ? value.call(method, parameters) : undefined
}

/** `#set($value.name = ...)`, `#set($value[index] = ...)`; of no effect on anything but maps and lists. @throws EvaluationError */
export function setMember(target: Value, key: Nullable, value: Nullable): void {
  if (target instanceof VtlMap) put(target, key, value)
  else if (target instanceof VtlList) callMethod(target, 'set', [fromEnd(target, key), value])
}

const fromEnd = (target: Value, index: Nullable): Nullable =>
  target instanceof VtlList && typeof index === 'bigint' && index < 0n ? BigInt(target.items.length) + index : index
