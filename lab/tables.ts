import Table from 'cli-table3'

const cell = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A table for people: a header row, then rows in the order given. */
export function textTable(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const table = new Table({ head: [...columns], style: { head: [], border: [], compact: true } })
  for (const row of rows) table.push(row.map(cell))
  return table.toString()
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
