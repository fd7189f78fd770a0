import { VtlList, VtlMap, type Nullable } from '../values/value.ts'
import type { Path, PathStep } from './path.ts'

/** What a path names in a document: its value or undefined if it is definite, else a list, empty when nothing is there. */
export function read(path: Path, start: Nullable, root: Nullable): Nullable | undefined {
  let found: Nullable[] = [start]
  for (const step of path.steps) {
    const next: Nullable[] = []
    for (const value of found) select(step, value, root, next)
    found = next
  }
  return path.isDefinite ? found[0] : new VtlList(found, true)
}

function select(step: PathStep, value: Nullable, root: Nullable, into: Nullable[]): void {
  switch (step.kind) {
    case 'names':
      selectNames(step, value, into)
      return
    case 'indexes':
      if (value instanceof VtlList)
        for (const index of step.indexes) {
          const item = value.items.at(index)
          if (item !== undefined) into.push(item)
        }
      return
    case 'slice':
      if (value instanceof VtlList) for (const item of value.items.slice(step.from, step.to)) into.push(item)
      return
    case 'all':
      for (const item of itemsOf(value)) into.push(item)
      return
    case 'deep':
      into.push(value)
      for (const item of itemsOf(value)) select(step, item, root, into)
      return
    case 'filter':
      for (const item of value instanceof VtlList ? value.items : [value])
        if (step.condition(item, root)) into.push(item)
      return
    case 'length':
      if (value instanceof VtlList) into.push(BigInt(value.items.length))
      else if (value instanceof VtlMap) into.push(BigInt(value.size))
  }
}

/** Several names give a map of those that are there. */
function selectNames(
  { names, needsAll }: Extract<PathStep, { kind: 'names' }>,
  value: Nullable,
  into: Nullable[],
): void {
  if (!(value instanceof VtlMap) || (needsAll && !names.every((name) => value.has(name)))) return
  if (names.length > 1) {
    into.push(new VtlMap(names.filter((name) => value.has(name)).map((name) => [name, value.get(name) ?? null])))
    return
  }
  const item = value.get(names[0] ?? '')
  if (item !== undefined) into.push(item)
}

function itemsOf(value: Nullable): Iterable<Nullable> {
  if (value instanceof VtlList) return value.items
  return value instanceof VtlMap ? value.values() : []
}
