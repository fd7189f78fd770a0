import type { Cursor } from './cursor.ts'
import type { BinaryOperator, Expression } from './nodes.ts'
import { looksLikeReference, parseReference } from './reference-parser.ts'
import { parseString } from './string-literal.ts'

const blank = /[ \t\r\n]*/y
const float = /-?(?:\d+\.(?!\.)\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)/y
const integer = /-?\d+/y
const boolean = /(?:true|false)(?![\w@-])/y
const not = /!|not(?![\w@])/y

/** Operators from the loosest level to the tightest, each with the words that mean the same. */
const levels: readonly (readonly [RegExp, BinaryOperator][])[] = [
  [[/\|\||or(?![\w@])/y, '||']],
  [[/&&|and(?![\w@])/y, '&&']],
  [
    [/==|eq(?![\w@])/y, '=='],
    [/!=|ne(?![\w@])/y, '!='],
  ],
  [
    [/<=|le(?![\w@])/y, '<='],
    [/>=|ge(?![\w@])/y, '>='],
    [/<|lt(?![\w@])/y, '<'],
    [/>|gt(?![\w@])/y, '>'],
  ],
  [
    [/\+/y, '+'],
    // a minus that touches a digit belongs to the number, in Velocity too
    [/-(?!\.?\d)/y, '-'],
  ],
  [
    [/\*/y, '*'],
    [/\//y, '/'],
    [/%/y, '%'],
  ],
]

export function skipBlanks(cursor: Cursor): void {
  cursor.take(blank)
}

/** Condition of `#if` or right-hand side of `#set`. */
export function parseExpression(cursor: Cursor, level = 0): Expression {
  const operators = levels[level]
  if (!operators) return parseUnary(cursor)
  let left = parseExpression(cursor, level + 1)
  for (;;) {
    skipBlanks(cursor)
    const at = cursor.offset
    const operator = operators.find(([pattern]) => cursor.take(pattern) !== undefined)?.[1]
    if (!operator) return left
    left = { kind: 'binary', line: cursor.lineAt(at), operator, left, right: parseExpression(cursor, level + 1) }
  }
}

function parseUnary(cursor: Cursor): Expression {
  skipBlanks(cursor)
  if (cursor.take(not) !== undefined) return { kind: 'not', operand: parseUnary(cursor) }
  if (!cursor.takes('(')) return parseOperand(cursor)
  const inner = parseExpression(cursor)
  skipBlanks(cursor)
  if (!cursor.takes(')')) throw cursor.fault(`expected ")" or an operator, found ${cursor.found()}`)
  return inner
}

/**
 * A literal or a reference: all that a parameter of a method or of a directive can be. Arithmetic has no place there, as in
 * Velocity 1.7.
 */
export function parseOperand(cursor: Cursor): Expression {
  skipBlanks(cursor)
  if (looksLikeReference(cursor)) return parseReference(cursor)
  const character = cursor.text[cursor.offset]
  if (character === '"' || character === "'") return parseString(cursor)
  if (cursor.takes('[')) return parseList(cursor)
  if (cursor.takes('{')) return parseMap(cursor)
  const word = cursor.take(boolean)
  if (word !== undefined) return { kind: 'constant', value: word === 'true' }
  const decimal = cursor.take(float)
  if (decimal !== undefined) return { kind: 'constant', value: Number(decimal) }
  const whole = cursor.take(integer)
  if (whole !== undefined) return { kind: 'constant', value: BigInt(whole) }
  throw cursor.fault(`expected a reference, a string, a number, true, false, a list or a map, found ${cursor.found()}`)
}

function parseList(cursor: Cursor): Expression {
  const line = cursor.lineAt(cursor.offset)
  skipBlanks(cursor)
  if (cursor.takes(']')) return { kind: 'list', items: [] }
  const items = [parseOperand(cursor)]
  skipBlanks(cursor)
  if (items[0] && cursor.takes('..')) {
    const range: Expression = { kind: 'range', line, from: items[0], to: parseOperand(cursor) }
    skipBlanks(cursor)
    if (!cursor.takes(']')) throw cursor.fault(`expected "]" after the range, found ${cursor.found()}`)
    return range
  }
  while (cursor.takes(',')) {
    items.push(parseOperand(cursor))
    skipBlanks(cursor)
  }
  if (!cursor.takes(']')) throw cursor.fault(`expected "," or "]" in the list, found ${cursor.found()}`)
  return { kind: 'list', items }
}

function parseMap(cursor: Cursor): Expression {
  const entries: [Expression, Expression][] = []
  skipBlanks(cursor)
  if (cursor.takes('}')) return { kind: 'map', entries }
  do {
    const key = parseOperand(cursor)
    skipBlanks(cursor)
    if (!cursor.takes(':')) throw cursor.fault(`expected ":" after a key of the map, found ${cursor.found()}`)
    entries.push([key, parseOperand(cursor)])
    skipBlanks(cursor)
  } while (cursor.takes(','))
  if (!cursor.takes('}')) throw cursor.fault(`expected "," or "}" in the map, found ${cursor.found()}`)
  return { kind: 'map', entries }
}
