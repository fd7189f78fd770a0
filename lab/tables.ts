import Table from 'cli-table3'

const cell = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A table for people: a header row, then rows in the order given; the widest column is wrapped where a line has no room for it. */
export function textTable(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = rows.map((row) => row.map(cell))
  const table = new Table({
    head: [...columns],
    style: { head: [], border: [], compact: true },
    colWidths: columnWidths(columns, cells),
    wordWrap: true,
  })
  table.push(...cells)
  return table.toString()
}

const maxLineCharacters = 120
const minColumnCharacters = 30
/** A space on either side of a cell. */
const padding = 2

/** Null leaves a column as wide as its cells. */
function columnWidths(columns: readonly string[], cells: readonly (readonly string[])[]): (number | null)[] {
  const widths = columns.map((name, at) => padding + Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)))
  const widest = Math.max(...widths)
  const tooMany = widths.reduce((sum, width) => sum + width, columns.length + 1) - maxLineCharacters
  const wrapped = tooMany > 0 ? widths.indexOf(widest) : -1
  return widths.map((width, at) =>
    at === wrapped ? Math.min(width, Math.max(minColumnCharacters, width - tooMany)) : null,
  )
}

export function keyValueTable(values: object): string {
  const width = Math.max(...Object.keys(values).map((key) => key.length))
  return Object.entries(values)
    .map(([key, value]) => `${key.padEnd(width)}  ${cell(value)}`)
    .join('\n')
}

/** RFC 4180: a field with a comma, quote or line break is quoted, quotes are doubled. */
export function csv(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const field = (value: unknown): string => {
    const text = cell(value)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return [columns, ...rows].map((row) => row.map(field).join(',')).join('\n')
}
