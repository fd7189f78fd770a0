import { EvaluationError } from '../values/value.ts'
import { parseCondition } from './filter.ts'
import { isDefinite, type Path, type PathStep } from './path.ts'

const parsed = new Map<string, Path>()
/** A template may build paths from its input. */
const maxParsed = 1_000

/** Reads a JSONPath as Jayway's library does; `$.` may be left out. @throws EvaluationError that shows where it ends to be one */
export function parsePath(text: string): Path {
  const known = parsed.get(text)
  if (known) return known
  const trimmed = text.trimEnd()
  const cursor = new PathCursor(trimmed.startsWith('$') ? trimmed : `$.${trimmed}`, text)
  cursor.offset = 1
  const steps = parseSteps(cursor)
  if (!cursor.atEnd) throw cursor.fault()
  const path = { steps, isDefinite: isDefinite(steps) }
  if (parsed.size >= maxParsed) parsed.clear()
  parsed.set(text, path)
  return path
}

export class PathCursor {
  readonly text: string
  offset = 0
  private readonly written: string

  /** @param written the path as the template has it */
  constructor(text: string, written: string) {
    this.text = text
    this.written = written
  }

  get atEnd(): boolean {
    return this.offset >= this.text.length
  }

  takes(text: string): boolean {
    if (!this.text.startsWith(text, this.offset)) return false
    this.offset += text.length
    return true
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.offset
    const found = pattern.exec(this.text)
    if (!found) return undefined
    this.offset += found[0].length
    return found
  }

  fault(): EvaluationError {
    const found = this.atEnd ? 'it ends' : `it has ${JSON.stringify(this.text.slice(this.offset, this.offset + 10))}`
    return new EvaluationError(`${JSON.stringify(this.written)} is not a JSONPath: ${found} where a step was expected`)
  }
}

const blanks = / */y
const length = /\.(?:length|size)\(\)/y
const name = /[^\s.[\]()*,'"?@]+/y
const quoted = /'((?:[^'\\]|\\[^])*)'|"((?:[^"\\]|\\[^])*)"/y
const integer = /-?\d+/y

/** Steps as far as they go. */
export function parseSteps(cursor: PathCursor): PathStep[] {
  const steps: PathStep[] = []
  for (;;) {
    if (cursor.take(length)) steps.push({ kind: 'length' })
    else if (cursor.takes('..')) {
      steps.push({ kind: 'deep' })
      const step = cursor.takes('[') ? parseBracket(cursor) : parseName(cursor)
      steps.push(step.kind === 'names' ? { ...step, needsAll: true } : step)
    } else if (cursor.takes('.')) steps.push(cursor.takes('[') ? parseBracket(cursor) : parseName(cursor))
    else if (cursor.takes('[')) steps.push(parseBracket(cursor))
    else return steps
  }
}

function parseName(cursor: PathCursor): PathStep {
  if (cursor.takes('*')) return { kind: 'all' }
  const found = cursor.take(name)
  if (!found) throw cursor.fault()
  return { kind: 'names', names: [found[0]], needsAll: false }
}

function parseBracket(cursor: PathCursor): PathStep {
  cursor.take(blanks)
  const step = parseSelector(cursor)
  cursor.take(blanks)
  if (!cursor.takes(']')) throw cursor.fault()
  return step
}

function parseSelector(cursor: PathCursor): PathStep {
  if (cursor.takes('*')) return { kind: 'all' }
  if (cursor.takes('?')) {
    cursor.take(blanks)
    if (!cursor.takes('(')) throw cursor.fault()
    const condition = parseCondition(cursor)
    if (!cursor.takes(')')) throw cursor.fault()
    return { kind: 'filter', condition }
  }
  const names = listOf(cursor, () => {
    const found = cursor.take(quoted)
    return found && (found[1] ?? found[2] ?? '').replaceAll(/\\([^])/g, '$1')
  })
  if (names.length > 0) return { kind: 'names', names, needsAll: false }
  const from = takeInteger(cursor)
  cursor.take(blanks)
  if (cursor.takes(':')) {
    cursor.take(blanks)
    return { kind: 'slice', from, to: takeInteger(cursor) }
  }
  if (from === undefined) throw cursor.fault()
  const more = cursor.takes(',') ? listOf(cursor, () => takeInteger(cursor)) : []
  return { kind: 'indexes', indexes: [from, ...more] }
}

function listOf<Item>(cursor: PathCursor, take: () => Item | undefined): Item[] {
  const items: Item[] = []
  do {
    cursor.take(blanks)
    const item = take()
    if (item === undefined) {
      if (items.length > 0) throw cursor.fault()
      return items
    }
    items.push(item)
    cursor.take(blanks)
  } while (cursor.takes(','))
  return items
}

function takeInteger(cursor: PathCursor): number | undefined {
  const found = cursor.take(integer)
  return found && Number(found[0])
}
