import { equal } from '../values/equality.ts'
import { isSameNumber, numeric } from '../values/numbers.ts'
import { VtlList, type Nullable } from '../values/value.ts'
import { parseSteps, type PathCursor } from './parse-path.ts'
import { isDefinite, type Condition } from './path.ts'
import { read } from './read-path.ts'

/** Undefined for a path that leads nowhere. */
type Operand = (element: Nullable, root: Nullable) => Nullable | undefined

const blanks = /\s*/y
const comparison = /==|!=|<=|>=|<|>|in(?=[\s[])|nin(?=[\s[])/y
const quoted = /'((?:[^'\\]|\\[^])*)'|"((?:[^"\\]|\\[^])*)"/y
const number = /-?\d+(\.\d+)?(?:[eE][+-]?\d+)?/y
const word = /true|false|null/y

/** `@.a == 'x' && !(@.b > 3 || @.c)`: read into functions, nothing of it is ever evaluated as code. @throws EvaluationError */
export function parseCondition(cursor: PathCursor): Condition {
  const terms = [parseTerm(cursor)]
  while (cursor.takes('||')) terms.push(parseTerm(cursor))
  return (element, root) => terms.some((term) => term(element, root))
}

function parseTerm(cursor: PathCursor): Condition {
  const factors = [parseFactor(cursor)]
  while (cursor.takes('&&')) factors.push(parseFactor(cursor))
  return (element, root) => factors.every((factor) => factor(element, root))
}

function parseFactor(cursor: PathCursor): Condition {
  cursor.take(blanks)
  if (cursor.takes('!')) {
    const negated = parseFactor(cursor)
    return (element, root) => !negated(element, root)
  }
  if (cursor.takes('(')) {
    const inner = parseCondition(cursor)
    if (!cursor.takes(')')) throw cursor.fault()
    cursor.take(blanks)
    return inner
  }
  const left = parseOperand(cursor)
  cursor.take(blanks)
  const operator = cursor.take(comparison)?.[0]
  if (operator === undefined) return (element, root) => left(element, root) !== undefined
  cursor.take(blanks)
  const right = parseOperand(cursor)
  cursor.take(blanks)
  // in a comparison what is not there counts as null
  return (element, root) => compare(operator, left(element, root) ?? null, right(element, root) ?? null)
}

function parseOperand(cursor: PathCursor): Operand {
  if (cursor.takes('@')) return parseInnerPath(cursor, (element) => element)
  if (cursor.takes('$')) return parseInnerPath(cursor, (_element, root) => root)
  const value = parseLiteral(cursor)
  return () => value
}

function parseInnerPath(cursor: PathCursor, start: (element: Nullable, root: Nullable) => Nullable): Operand {
  const steps = parseSteps(cursor)
  const path = { steps, isDefinite: isDefinite(steps) }
  return (element, root) => read(path, start(element, root), root)
}

function parseLiteral(cursor: PathCursor): Nullable {
  const text = cursor.take(quoted)
  if (text) return (text[1] ?? text[2] ?? '').replaceAll(/\\([^])/g, '$1')
  const figure = cursor.take(number)
  if (figure) return /[.eE]/.test(figure[0]) ? Number(figure[0]) : BigInt(figure[0])
  const name = cursor.take(word)?.[0]
  if (name !== undefined) return name === 'null' ? null : name === 'true'
  if (!cursor.takes('[')) throw cursor.fault()
  const items: Nullable[] = []
  do {
    cursor.take(blanks)
    items.push(parseLiteral(cursor))
    cursor.take(blanks)
  } while (cursor.takes(','))
  if (!cursor.takes(']')) throw cursor.fault()
  return new VtlList(items, true)
}

function compare(operator: string, left: Nullable, right: Nullable): boolean {
  switch (operator) {
    case '!=':
      return !isEqual(left, right)
    case '==':
      return isEqual(left, right)
    case 'in':
      return right instanceof VtlList && right.items.some((item) => isEqual(left, item))
    case 'nin':
      return right instanceof VtlList && !right.items.some((item) => isEqual(left, item))
    default:
      return isOrdered(operator, left, right)
  }
}

function isOrdered(operator: string, left: Nullable, right: Nullable): boolean {
  const areTexts = typeof left === 'string' && typeof right === 'string'
  const a = areTexts ? left : numeric(left)
  const b = areTexts ? right : numeric(right)
  if (a === undefined || b === undefined) return false
  switch (operator) {
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    default:
      return a >= b
  }
}

function isEqual(left: Nullable, right: Nullable): boolean {
  const a = numeric(left)
  const b = numeric(right)
  return a !== undefined && b !== undefined ? isSameNumber(a, b) : equal(left, right)
}
