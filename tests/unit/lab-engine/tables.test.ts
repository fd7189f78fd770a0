import { expect, test } from 'vitest'
import { textTable } from '../../../lab/tables.ts'

const widthOf = (table: string): number => Math.max(...table.split('\n').map((line) => line.length))
const words = 'the stream-path of a lab '.repeat(20).trim()

test('a table that fits is not wrapped', () => {
  const table = textTable(['a', 'b'], [['x'.repeat(50), 'y'.repeat(60)]])
  expect(table.split('\n')).toHaveLength(5)
  expect(table).toContain(` ${'x'.repeat(50)} │ ${'y'.repeat(60)} `)
})

test.each([
  ['in a cell', ['stream', 'rows', 'error'], [['streaming-a1b2c3d4e5f6-geo', 0, words]]],
  ['in a header', ['stream', words], [['streaming-a1b2c3d4e5f6-geo', 1]]],
])('a long text %s is wrapped at 120 characters, and none of it is lost', (_, columns, rows) => {
  const table = textTable(columns, rows)
  expect(widthOf(table)).toBe(120)
  expect(table).toContain('│ streaming-a1b2c3d4e5f6-geo │')
  expect(table.match(/stream-path/g)).toHaveLength(20)
})

test('many columns leave the widest its least width rather than none', () => {
  const columns = Array.from({ length: 12 }, (_, at) => `column ${String(at)} of many`)
  const table = textTable(columns, [[words, ...columns.slice(1)]])
  expect(table.match(/stream-path/g)).toHaveLength(20)
})
