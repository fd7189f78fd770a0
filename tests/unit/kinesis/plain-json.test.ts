import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { parsePlainJson } from '../../../services/kinesis/protocol/plain-json.ts'

const { tree: value } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.string({ maxLength: 5 }),
    fc.constantFrom('é', '\u0001', 7, true, null),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie('tree'), { maxKeys: 3 }),
  ),
}))

it('makes of a text what JSON.parse makes of it, or nothing', () => {
  const changed = fc.tuple(value, fc.constantFrom(0, 1), fc.nat(), fc.constantFrom('', ',', '"', '}', '[', '\n', 'x'))
  fc.assert(
    fc.property(changed, ([document, indent, place, added]) => {
      const whole = JSON.stringify(document, undefined, indent)
      const at = place % (whole.length + 1)
      const text = added === '' ? whole : whole.slice(0, at) + added + whole.slice(at)
      const read = parsePlainJson(Buffer.from(text))
      if (read !== undefined) expect(read).toEqual(JSON.parse(text))
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  '{"StreamName":"s","Records":[{"Data":"YQ==","PartitionKey":"a b"},{}]}',
  ' { "a" : [ ] ,\r\n\t"b": [[], {"c": ""}] } ',
  '{"a":"1","a":"2"}',
])('reads %j', (text) => {
  expect(parsePlainJson(Buffer.from(text))).toEqual(JSON.parse(text))
})

test.each([
  '',
  '{',
  '{"a":1}',
  '{"a":"\\n"}',
  '{"a":"\n"}',
  '{"a":"é"}',
  '{"__proto__":{}}',
  '[]]',
  '{"a":"b",}',
  '['.repeat(20),
])('leaves %j to JSON.parse', (text) => {
  expect(parsePlainJson(Buffer.from(text))).toBeUndefined()
})
