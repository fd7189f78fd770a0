import { entities, type EntityName, type RowOf } from '../../contract/index.ts'

/** Bytes of a block of lines: large enough that a call per row is no cost, small enough to hold a few. */
const blockBytes = 128 * 1024

/** One row as LOAD DATA reads it by default: fields parted by tabs in column order, backslash escapes, a newline at the end. */
export function rowLine(entity: EntityName, row: RowOf[EntityName]): string {
  const fields = row as unknown as Readonly<Record<string, string | number>>
  let line = ''
  for (const column of entities[entity].columns) {
    const field = fields[column]
    line += (line === '' ? '' : '\t') + (typeof field === 'string' ? escaped(field) : String(field))
  }
  return `${line}\n`
}

const mustEscape = /[\\\t\n\r\0]/
const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\\0',
}

const escaped = (text: string): string =>
  mustEscape.test(text) ? text.replace(/[\\\t\n\r\0]/g, (character) => escapes[character] ?? character) : text

/** Gathers lines into UTF-8 blocks of about 128 KiB. */
export function* blocksOf(lines: Iterable<string>): Generator<Buffer, void, undefined> {
  let block = ''
  for (const line of lines) {
    block += line
    if (block.length < blockBytes) continue
    yield Buffer.from(block)
    block = ''
  }
  if (block !== '') yield Buffer.from(block)
}
