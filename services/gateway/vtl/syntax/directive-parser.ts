import { parseBlock } from './block-parser.ts'
import type { Cursor } from './cursor.ts'
import { parseExpression, parseOperand, skipBlanks } from './expression-parser.ts'
import type { Block, Expression, IfStatement, Macro, SetStatement, Statement } from './nodes.ts'
import { looksLikeReference, parseReference } from './reference-parser.ts'

/** What the parser gathers on its way. */
export interface Parsing {
  /** Undefined within a string literal, which can define none. */
  readonly macros: Map<string, Macro> | undefined
}

export const set = /[ \t]*#(?:set|\{set\})[ \t]*\(/y
/** A directive's closing parenthesis takes the blanks behind it and the line break with it. */
const close = /\)(?:[ \t]*(?:\r\n|\r|\n))?/y
const end = /#(?:end(?![\w@])|\{end\})(?:[ \t]*(?:\r\n|\r|\n))?/y
const otherwise = /#(?:else(?![\w@])|\{else\})(?:[ \t]*(?:\r\n|\r|\n))?/y
const elseIf = /#(?:elseif(?![\w@])|\{elseif\})/y
const parenthesis = /[ \t\r\n]*\(/y
const word = /[A-Za-z_@][\w@]*/y

/** Reserved names; any other is a macro's or text. */
export const directiveNames: ReadonlySet<string> = new Set([
  'if',
  'else',
  'elseif',
  'end',
  'foreach',
  'macro',
  'define',
  'evaluate',
  'break',
  'stop',
  'include',
  'parse',
  'literal',
])

export function parseSet(cursor: Cursor): SetStatement {
  cursor.take(set)
  const line = cursor.lineAt(cursor.offset - 1)
  skipBlanks(cursor)
  if (!looksLikeReference(cursor)) throw cursor.fault(`#set needs a reference to set, found ${cursor.found()}`)
  const target = parseReference(cursor)
  skipBlanks(cursor)
  if (!cursor.takes('=')) throw cursor.fault(`expected "=" in #set, found ${cursor.found()}`)
  const value = parseExpression(cursor)
  closeParenthesis(cursor, 'set')
  return { kind: 'set', line, target, value }
}

/** @param start where the directive's # stands; the cursor stands behind its name. */
export function parseDirective(cursor: Cursor, name: string, start: number, parsing: Parsing): Statement | undefined {
  const line = cursor.lineAt(start)
  switch (name) {
    case 'if':
      return parseIf(cursor, line, start, parsing)
    case 'foreach': {
      openParenthesis(cursor, name)
      const variable = parseVariable(cursor, name)
      skipBlanks(cursor)
      if (cursor.take(word) !== 'in') throw cursor.fault('#foreach is written #foreach($item in $items)')
      const items = parseOperand(cursor)
      closeParenthesis(cursor, name)
      return { kind: 'foreach', line, variable, items, block: parseBody(cursor, name, start, parsing) }
    }
    case 'define': {
      openParenthesis(cursor, name)
      const variable = parseVariable(cursor, name)
      closeParenthesis(cursor, name)
      return { kind: 'define', line, variable, block: parseBody(cursor, name, start, parsing) }
    }
    case 'evaluate': {
      openParenthesis(cursor, name)
      const template = parseOperand(cursor)
      closeParenthesis(cursor, name)
      return { kind: 'evaluate', line, template }
    }
    case 'macro':
      parseMacro(cursor, start, parsing)
      return undefined
    case 'break':
    case 'stop':
      if (cursor.take(parenthesis) !== undefined) closeParenthesis(cursor, name)
      return { kind: name, line }
    default:
      throw cursor.fault(`#${name} is not there: a mapping template has no other files`, start)
  }
}

/** `#name` or `#name(parameters)` of a macro, which may be defined further down. */
export function parseCall(cursor: Cursor, name: string, start: number): Statement {
  const line = cursor.lineAt(start)
  if (name.startsWith('@')) throw cursor.fault(`#${name} is not there: macros with a body are not supported`, start)
  const parameters: Expression[] = []
  if (cursor.take(parenthesis) !== undefined) {
    for (;;) {
      skipBlanks(cursor)
      if (cursor.takes(',')) skipBlanks(cursor)
      if (cursor.looksAt(close)) break
      const plainWord = cursor.take(word)
      parameters.push(plainWord === undefined ? parseOperand(cursor) : wordValue(plainWord))
    }
    cursor.take(close)
  }
  return { kind: 'call', line, name, parameters, source: cursor.text.slice(start, cursor.offset) }
}

const wordValue = (text: string): Expression => ({
  kind: 'constant',
  value: text === 'true' || text === 'false' ? text === 'true' : text,
})

function parseIf(cursor: Cursor, line: number, start: number, parsing: Parsing): IfStatement {
  const branches: { condition: Expression; block: Block }[] = []
  let fallback: Block | undefined
  do {
    openParenthesis(cursor, 'if')
    const condition = parseExpression(cursor)
    closeParenthesis(cursor, 'if')
    branches.push({ condition, block: parseBlock(cursor, parsing) })
  } while (cursor.take(elseIf) !== undefined)
  if (cursor.take(otherwise) !== undefined) fallback = parseBlock(cursor, parsing)
  closeBlock(cursor, 'if', start)
  return { kind: 'if', line, branches, otherwise: fallback }
}

function parseMacro(cursor: Cursor, start: number, parsing: Parsing): void {
  openParenthesis(cursor, 'macro')
  skipBlanks(cursor)
  const name = cursor.take(word)
  if (name === undefined || directiveNames.has(name) || name === 'set')
    throw cursor.fault('#macro needs a name of its own: #macro(name $parameter)')
  const parameters: string[] = []
  for (;;) {
    skipBlanks(cursor)
    if (cursor.takes(',')) skipBlanks(cursor)
    if (!looksLikeReference(cursor)) break
    parameters.push(parseVariable(cursor, 'macro'))
  }
  closeParenthesis(cursor, 'macro')
  if (!parsing.macros) throw cursor.fault('a string cannot define a macro', start)
  const { macros } = parsing
  const macro = { name, parameters, block: parseBody(cursor, 'macro', start, parsing) }
  if (!macros.has(name)) macros.set(name, macro)
}

function parseBody(cursor: Cursor, name: string, start: number, parsing: Parsing): Block {
  const block = parseBlock(cursor, parsing)
  closeBlock(cursor, name, start)
  return block
}

function parseVariable(cursor: Cursor, directive: string): string {
  skipBlanks(cursor)
  const at = cursor.offset
  if (!looksLikeReference(cursor)) throw cursor.fault(`#${directive} needs a variable, found ${cursor.found()}`)
  const { name, path } = parseReference(cursor)
  if (path.length > 0) throw cursor.fault(`#${directive} needs a plain variable such as $${name}`, at)
  return name
}

function openParenthesis(cursor: Cursor, directive: string): void {
  if (cursor.take(parenthesis) === undefined)
    throw cursor.fault(`expected "(" after #${directive}, found ${cursor.found()}`)
}

function closeParenthesis(cursor: Cursor, directive: string): void {
  skipBlanks(cursor)
  if (cursor.take(close) === undefined)
    throw cursor.fault(`expected ")" to close #${directive}(, found ${cursor.found()}`)
}

function closeBlock(cursor: Cursor, directive: string, start: number): void {
  if (cursor.take(end) !== undefined) return
  if (cursor.atEnd) throw cursor.fault(`the #${directive} that begins here has no #end`, start)
  throw cursor.fault(`expected #end of #${directive}, found ${cursor.found()}`)
}
