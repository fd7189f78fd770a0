import { expect, it } from 'vitest'
import { parseProperties } from '../../../services/s3-sink/settings/properties.ts'

it.each([
  { what: 'a key and a value', text: 'flush.size=1', entries: { 'flush.size': '1' } },
  { what: 'blanks around the sign', text: '  a =  b c ', entries: { a: 'b c ' } },
  { what: 'a colon', text: 'a: b', entries: { a: 'b' } },
  { what: 'a blank in place of the sign', text: 'a b', entries: { a: 'b' } },
  { what: 'a key alone', text: 'a', entries: { a: '' } },
  { what: 'comments and empty lines left out', text: '# x=1\n\n  ! y=2\na=b#c', entries: { a: 'b#c' } },
  { what: 'a line continued', text: 'a=b,\\\n   c', entries: { a: 'b,c' } },
  { what: 'an escaped backslash at the end', text: 'a=b\\\\\nc=d', entries: { a: 'b\\', c: 'd' } },
  { what: 'escapes', text: 'a\\=b=\\u00e9\\t\\.', entries: { 'a=b': 'é\t.' } },
  { what: 'values with signs in them', text: 'url=http://h:1/?a=b', entries: { url: 'http://h:1/?a=b' } },
  { what: 'the last of equal keys', text: 'a=1\r\na=2', entries: { a: '2' } },
])('reads $what', ({ text, entries }) => {
  expect(parseProperties(text)).toEqual(entries)
})
