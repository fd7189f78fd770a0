import { entities, type EntityName } from '../../contract/index.ts'

export type HeaderReading =
  | {
      readonly ok: true
      /** Place in the row of each of the entity's columns, in the entity's column order. */
      readonly places: readonly number[]
      /** Columns without a name: an export's own row numbers. */
      readonly ignored: number
    }
  | { readonly ok: false; readonly problems: readonly string[] }

/** `Poster Name`, `poster_name` and `POSTERNAME` are one name. */
const plain = (name: string): string => name.toLowerCase().replace(/[\s_]+/g, '')
/** Pandas names an unnamed column so when it reads and writes its own export. */
const isUnnamed = (name: string): boolean => /^(unnamed:\d+)?$/.test(plain(name))

/** Finds the entity's columns in a header line, in any order; the key may be called `ind` or `index` in every table. */
export function readHeader(entity: EntityName, header: readonly string[]): HeaderReading {
  const { columns, keyColumn } = entities[entity]
  const separator = otherSeparator(header)
  if (separator !== undefined)
    return { ok: false, problems: [`columns are separated by ${JSON.stringify(separator)}: commas are expected`] }
  const columnOf = (name: string): string | undefined =>
    ['ind', 'index'].includes(plain(name)) ? keyColumn : columns.find((column) => plain(column) === plain(name))
  const problems: string[] = []
  const places = new Map<string, number>()
  for (const [place, name] of header.entries()) {
    if (isUnnamed(name)) continue
    const column = columnOf(name)
    if (column === undefined) problems.push(`column "${name}" is none of this table's: ${columns.join(', ')}`)
    else if (places.has(column)) problems.push(`column ${column} stands twice in the header`)
    else places.set(column, place)
  }
  const missing = columns.filter((column) => !places.has(column))
  if (missing.length > 0) problems.push(`the header lacks ${missing.join(', ')}`)
  if (problems.length > 0) return { ok: false, problems }
  return {
    ok: true,
    places: columns.map((column) => places.get(column) ?? -1),
    ignored: header.filter(isUnnamed).length,
  }
}

/** What a spreadsheet of another country, or another tool, puts between columns. */
const otherSeparator = (header: readonly string[]): string | undefined =>
  header.length === 1 ? [';', '\t', '|'].find((separator) => header[0]?.includes(separator)) : undefined
