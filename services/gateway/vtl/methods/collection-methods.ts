import { equal } from '../values/equality.ts'
import { EvaluationError, VtlList, VtlMap, type HostObject, type Nullable, type Value } from '../values/value.ts'
import { methods, overloaded, plain, withAny, withInt, withInts, withTwo } from './method.ts'
import { textOf } from '../values/text.ts'

/** What one list or map may hold: a template that adds in a loop must not take the gateway's memory. */
const maxEntries = 1_000_000

/** Methods of java.util.List; those that return nothing yield the empty string, as their reference would print. */
export const listMethods = methods<VtlList>({
  add: overloaded(
    withAny((self, item) => {
      insert(self, self.items.length, [item])
      return true
    }),
    (self, [at, item = null, ...more]) => {
      if (typeof at !== 'bigint' || more.length > 0) return undefined
      insert(self, within(self, Number(at), self.items.length + 1), [item])
      return ''
    },
  ),
  addAll: withAny((self, other) => {
    if (!(other instanceof VtlList)) throw new EvaluationError('addAll needs a list')
    insert(self, self.items.length, other.items)
    return other.items.length > 0
  }),
  clear: plain((self) => {
    self.items.length = 0
    return ''
  }),
  contains: withAny((self, item) => indexOf(self, item) >= 0),
  containsAll: withAny((self, other) =>
    other instanceof VtlList ? other.items.every((item) => indexOf(self, item) >= 0) : false,
  ),
  get: withInt((self, at) => self.items[within(self, at)] ?? null),
  indexOf: withAny((self, item) => BigInt(indexOf(self, item))),
  isEmpty: plain((self) => self.items.length === 0),
  lastIndexOf: withAny((self, item) => BigInt(self.items.findLastIndex((each) => equal(each, item)))),
  remove: overloaded(
    withInt((self, at) => self.items.splice(within(self, at), 1)[0] ?? null),
    withAny((self, item) => {
      const at = indexOf(self, item)
      if (at >= 0) self.items.splice(at, 1)
      return at >= 0
    }),
  ),
  set: (self, [at, item = null, ...more]) =>
    typeof at === 'bigint' && more.length === 0
      ? (self.items.splice(within(self, Number(at)), 1, item)[0] ?? null)
      : undefined,
  size: plain((self) => BigInt(self.items.length)),
  subList: withInts((self, from, to) => {
    if (from < 0 || to > self.items.length || from > to)
      throw new EvaluationError(`subList(${String(from)}, ${String(to)}) of ${String(self.items.length)} items`)
    return new VtlList(self.items.slice(from, to))
  }),
})

/** Methods of java.util.Map; the sets and collections it hands out are copies. */
export const mapMethods = methods<VtlMap>({
  clear: plain((self) => {
    self.clear()
    return ''
  }),
  containsKey: withAny((self, key) => key !== null && self.has(key)),
  containsValue: withAny((self, value) => Array.from(self.values()).some((each) => equal(each, value))),
  entrySet: plain((self) => new VtlList(Array.from(self, ([key, value]) => entry(key, value)))),
  get: withAny((self, key) => (key === null ? null : (self.get(key) ?? null))),
  getOrDefault: withTwo((self, key, other) => (key !== null && self.has(key) ? (self.get(key) ?? null) : other)),
  isEmpty: plain((self) => self.size === 0),
  keySet: plain((self) => new VtlList(Array.from(self.keys()))),
  put: withTwo((self, key, value) => {
    const old = key === null ? null : (self.get(key) ?? null)
    put(self, key, value)
    return old
  }),
  putAll: withAny((self, other) => {
    if (!(other instanceof VtlMap)) throw new EvaluationError('putAll needs a map')
    for (const [key, value] of other) put(self, key, value)
    return ''
  }),
  putIfAbsent: withTwo((self, key, value) => {
    const old = key === null ? null : (self.get(key) ?? null)
    if (old === null) put(self, key, value)
    return old
  }),
  remove: withAny((self, key) => {
    const old = key === null ? null : (self.get(key) ?? null)
    if (key !== null) self.delete(key)
    return old
  }),
  size: plain((self) => BigInt(self.size)),
  values: plain((self) => new VtlList(Array.from(self.values()))),
})

/** @throws EvaluationError when the map is full */
export function put(map: VtlMap, key: Nullable, value: Nullable): void {
  if (key === null) return
  if (map.size >= maxEntries) throw new EvaluationError(`a map would hold more than ${String(maxEntries)} entries`)
  map.set(key, value)
}

const entryMethods = new Map([
  ['getKey', 'key'],
  ['getValue', 'value'],
])

function entry(key: Value, value: Nullable): HostObject {
  const property = (name: string): Nullable | undefined => (name === 'key' ? key : name === 'value' ? value : undefined)
  return {
    host: true,
    property,
    call: (method, parameters) => (parameters.length === 0 ? property(entryMethods.get(method) ?? '') : undefined),
    get text() {
      return `${textOf(key)}=${textOf(value)}`
    },
  }
}

const indexOf = (list: VtlList, item: Nullable): number => list.items.findIndex((each) => equal(each, item))

function within(list: VtlList, at: number, length = list.items.length): number {
  if (at >= 0 && at < length) return at
  throw new EvaluationError(`item ${String(at)} of a list that has ${String(list.items.length)} was asked for`)
}

function insert(list: VtlList, at: number, items: readonly Nullable[]): void {
  if (list.items.length + items.length > maxEntries)
    throw new EvaluationError(`a list would hold more than ${String(maxEntries)} items`)
  // one by one: a spread of very many would exhaust the stack
  if (at === list.items.length) for (const item of [...items]) list.items.push(item)
  else list.items.splice(at, 0, ...items)
}
