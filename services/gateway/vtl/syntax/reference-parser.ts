import type { Cursor } from './cursor.ts'
import { parseOperand, skipBlanks } from './expression-parser.ts'
import type { Expression, Reference, Step } from './nodes.ts'

// hyphens belong to names: $elem.partition-key
const name = /[A-Za-z_][A-Za-z0-9_-]*/y
const opening = /\$!?\{?(?=[A-Za-z_])/y
const property = /\.(?=[A-Za-z])/y

export const looksLikeReference = (cursor: Cursor): boolean => cursor.looksAt(opening)

/** `$name`, `$!name`, `${name}`, `$!{name}`, each with properties, methods and indexes; `looksLikeReference` holds here. */
export function parseReference(cursor: Cursor): Reference {
  const line = cursor.lineAt(cursor.offset)
  const braced = cursor.take(opening)?.endsWith('{') === true
  const root = cursor.take(name) ?? ''
  const path: Step[] = []
  for (;;) {
    if (cursor.takes('[')) path.push(parseIndex(cursor))
    else if (cursor.take(property) !== undefined) path.push(parseMember(cursor))
    else break
  }
  if (braced && !cursor.takes('}')) throw cursor.fault(`expected "}" to close \${${root}, found ${cursor.found()}`)
  return { kind: 'value', line, name: root, path }
}

function parseIndex(cursor: Cursor): Step {
  const index = parseOperand(cursor)
  skipBlanks(cursor)
  if (!cursor.takes(']')) throw cursor.fault(`expected "]" after the index, found ${cursor.found()}`)
  return { kind: 'index', index }
}

function parseMember(cursor: Cursor): Step {
  const member = cursor.take(name) ?? ''
  if (!cursor.takes('(')) return { kind: 'property', name: member }
  const parameters: Expression[] = []
  skipBlanks(cursor)
  if (!cursor.takes(')')) {
    do {
      parameters.push(parseOperand(cursor))
      skipBlanks(cursor)
    } while (cursor.takes(','))
    if (!cursor.takes(')')) {
      throw cursor.fault(
        `expected "," or ")" after a parameter of ${member}(), found ${cursor.found()}: parameters are no expressions, #set one first`,
      )
    }
  }
  return { kind: 'method', name: member, parameters }
}
