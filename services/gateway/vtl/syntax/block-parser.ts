import type { Cursor } from './cursor.ts'
import { directiveNames, parseCall, parseDirective, parseSet, set, type Parsing } from './directive-parser.ts'
import type { Block, ReferenceStatement, Statement } from './nodes.ts'
import { looksLikeReference, parseReference } from './reference-parser.ts'

/** `#end`, `#else`, `#elseif`: they belong to the directive whose block they end. */
const blockEnd = /#(?:(?:end|else|elseif)(?![\w@])|\{(?:end|else|elseif)\})/y
const plain = /[^$#\\]+/y
const directive = /#(?:[A-Za-z_@][\w@]*|\{[A-Za-z_]\w*\})/y
const lineComment = /##[^\r\n]*(?:\r\n|\r|\n)?/y

/** Statements up to the end of the text or a directive that ends the block; the cursor then stands before it. */
export function parseBlock(cursor: Cursor, parsing: Parsing): Block {
  const statements: Statement[] = []
  while (!cursor.atEnd && !cursor.looksAt(blockEnd)) {
    const statement = parseStatement(cursor, parsing)
    const last = statements.at(-1)
    if (statement?.kind === 'text' && last?.kind === 'text')
      statements[statements.length - 1] = { ...last, text: last.text + statement.text }
    else if (statement) statements.push(statement)
  }
  return statements
}

function parseStatement(cursor: Cursor, parsing: Parsing): Statement | undefined {
  // blanks before #set vanish only where nothing but another element stands before them
  if (cursor.looksAt(set)) return parseSet(cursor)
  const start = cursor.offset
  const text = (): Statement => ({
    kind: 'text',
    line: cursor.lineAt(start),
    text: cursor.text.slice(start, cursor.offset),
  })
  if (cursor.take(plain) !== undefined) return text()
  if (cursor.text[start] === '\\') return parseEscape(cursor, parsing)
  if (cursor.text[start] === '$') return parseDollar(cursor, 0, parsing)
  if (cursor.take(lineComment) !== undefined) return undefined
  if (cursor.takes('#*')) {
    skipPast(cursor, '*#', 'comment')
    return undefined
  }
  if (cursor.takes('#[[')) {
    const from = cursor.offset
    skipPast(cursor, ']]#', 'literal text')
    return { kind: 'text', line: cursor.lineAt(from), text: cursor.text.slice(from, cursor.offset - 3) }
  }
  const word = cursor.take(directive)
  if (word !== undefined) {
    const name = word.replaceAll(/[#{}]/g, '')
    return directiveNames.has(name) ? parseDirective(cursor, name, start, parsing) : parseCall(cursor, name, start)
  }
  cursor.offset += 1
  refuseAtEnd(cursor, '#', parsing)
  return text()
}

function skipPast(cursor: Cursor, end: string, what: string): void {
  const at = cursor.text.indexOf(end, cursor.offset)
  if (at < 0) throw cursor.fault(`the ${what} that begins here has no ${end}`, cursor.offset - 2)
  cursor.offset = at + end.length
}

/** Velocity 1.7 cannot read a template that ends in one of its signs; a string may. */
function refuseAtEnd(cursor: Cursor, sign: string, parsing: Parsing): void {
  if (cursor.atEnd && parsing.macros) throw cursor.fault(`a template cannot end in ${sign}`, cursor.offset - 1)
}

/** @param backslashes how many stand before the dollar sign: each pair is one, one left over takes the reference's meaning. */
function parseDollar(cursor: Cursor, backslashes: number, parsing: Parsing): Statement {
  const start = cursor.offset
  const line = cursor.lineAt(start)
  while (cursor.text[cursor.offset + 1] === '$') cursor.offset += 1
  if (!looksLikeReference(cursor)) {
    cursor.take(/\$!?/y)
    refuseAtEnd(cursor, '$', parsing)
    return { kind: 'text', line, text: '\\'.repeat(backslashes) + cursor.text.slice(start, cursor.offset) }
  }
  const dollars = cursor.text.slice(start, cursor.offset)
  const from = cursor.offset
  const reference = parseReference(cursor)
  const isEscaped = backslashes % 2 === 1
  const statement: ReferenceStatement = {
    kind: 'reference',
    line,
    reference,
    prefix: '\\'.repeat(backslashes >> 1) + (isEscaped ? '' : dollars),
    escapedAs: isEscaped ? cursor.text.slice(from, cursor.offset) : undefined,
  }
  return statement
}

function parseEscape(cursor: Cursor, parsing: Parsing): Statement {
  const start = cursor.offset
  const line = cursor.lineAt(start)
  const backslashes = cursor.take(/\\+/y)?.length ?? 0
  if (cursor.text[cursor.offset] === '$') return parseDollar(cursor, backslashes, parsing)
  const at = cursor.offset
  const word = cursor.take(directive)
  const name = word?.replaceAll(/[#{}]/g, '') ?? ''
  const isDirective = name === 'set' || directiveNames.has(name) || parsing.macros?.has(name) === true
  if (word === undefined || !isDirective || backslashes % 2 === 0) {
    cursor.offset = at
    const kept = isDirective && name !== 'set' ? backslashes / 2 : backslashes
    return { kind: 'text', line, text: '\\'.repeat(kept) }
  }
  return { kind: 'text', line, text: '\\'.repeat((backslashes - 1) / 2) + word }
}
