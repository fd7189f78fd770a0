import { parseBlock } from './block-parser.ts'
import { Cursor } from './cursor.ts'
import type { Expression } from './nodes.ts'

/** `'text'` stands for itself; `"text"` is a template of its own. A doubled quote is one quote, a backslash a backslash. */
export function parseString(cursor: Cursor): Expression {
  const start = cursor.offset
  const quote = cursor.text.charAt(start)
  let end = start + 1
  for (; ; end += 2) {
    end = cursor.text.indexOf(quote, end)
    if (end < 0) throw cursor.fault(`the string that begins here has no closing ${quote}`, start)
    if (cursor.text[end + 1] !== quote) break
  }
  cursor.offset = end + 1
  const raw = cursor.text.slice(start + 1, end).replaceAll(quote + quote, quote)
  if (quote === "'") return { kind: 'constant', value: raw }
  const text = raw.replaceAll(/\\u([0-9a-fA-F]{4})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
  if (!/[$#]/.test(text)) return { kind: 'constant', value: text }
  const inner = new Cursor(text, cursor.lineAt(start), cursor.columnAt(start + 1))
  const block = parseBlock(inner, { macros: undefined })
  if (!inner.atEnd) throw inner.fault(`${inner.found()} has no #if, #foreach or #macro before it`)
  return { kind: 'interpolation', block }
}
