import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type UserRow } from '../../../contract/index.ts'
import { blocksOf, rowLine } from '../../../seed/loading/table-text.ts'

const aUser = (first_name: string, last_name = 'x'): UserRow => ({
  ind: 1,
  first_name,
  last_name,
  age: 20,
  date_joined: '2015-10-21 21:26:45',
})

test('a line has its fields in column order, with what parts fields and lines escaped', () => {
  expect(rowLine('user', aUser('a\tb\\N\n\r\0'))).toBe('1\ta\\tb\\\\N\\n\\r\\0\tx\t20\t2015-10-21 21:26:45\n')
})

/** LOAD DATA's reading of a line: MySQL reference manual, LOAD DATA, escape sequences. */
const fieldsOf = (line: string): string[] =>
  line
    .slice(0, -1)
    .split('\t')
    .map((field) =>
      field.replace(
        /\\(.)/gs,
        (_, character: string) => ({ t: '\t', n: '\n', r: '\r', '0': '\0' })[character] ?? character,
      ),
    )

test('whatever the texts, they are read as they were written', () => {
  const text = fc.string({ unit: fc.oneof(fc.constantFrom('\t', '\n', '\r', '\\', '\0', '💕', "'"), fc.string()) })
  fc.assert(
    fc.property(text, text, (first, last) => {
      const line = rowLine('user', aUser(first, last))
      expect(line.indexOf('\n')).toBe(line.length - 1)
      expect(fieldsOf(line).slice(1, 3)).toEqual([first, last])
    }),
  )
})

test('blocks are bounded and hold every line once', () => {
  const lines = Array.from({ length: 5_000 }, (_, line) => `${String(line)} ${'é'.repeat(100)}\n`)
  const blocks = [...blocksOf(lines)]
  expect(Buffer.concat(blocks).toString()).toBe(lines.join(''))
  expect(Math.max(...blocks.map((block) => block.length))).toBeLessThan(300 * 1024)
  expect(blocks.length).toBeGreaterThan(3)
})
