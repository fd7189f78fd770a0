import { parseBlock } from './block-parser.ts'
import { Cursor } from './cursor.ts'
import type { Block, Macro } from './nodes.ts'

export interface ParsedTemplate {
  readonly block: Block
  readonly macros: ReadonlyMap<string, Macro>
}

/** Reads a template in the grammar of Velocity 1.7. @throws SyntaxFault */
export function parseTemplate(text: string): ParsedTemplate {
  const cursor = new Cursor(text)
  const macros = new Map<string, Macro>()
  const block = parseBlock(cursor, { macros })
  if (!cursor.atEnd) throw cursor.fault(`${cursor.found()} has no #if, #foreach, #define or #macro before it`)
  return { block, macros }
}
