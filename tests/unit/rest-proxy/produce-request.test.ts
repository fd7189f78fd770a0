import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Refused } from '../../../services/rest-proxy/http/refused.ts'
import { parseProduceRequest } from '../../../services/rest-proxy/produce/produce-request.ts'

const json = (body: string | object): { key: string | null; value: string | null; partition: number | undefined }[] =>
  parseProduceRequest(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), 'json').map(
    ({ key, value, partition }) => ({ key: key && String(key), value: value && String(value), partition }),
  )

it.each([
  { what: 'a number beyond 2^53', value: '12345678901234567890' },
  { what: 'a decimal with its zeros', value: '{"lat":12.50,"lon":-0.0}' },
  { what: 'an exponent', value: '1e400' },
  { what: 'keys that look like numbers in their order', value: '{"b":1,"1":2,"a":3}' },
  { what: 'a key that JavaScript gives a meaning', value: '{"__proto__":{"a":1}}' },
  { what: 'text outside the basic plane', value: '{"title":"🎄 café \\ud83d\\ude00"}' },
  { what: 'strings with brackets and quotes', value: '["}]\\"","\\\\"]' },
  { what: 'a bare string', value: '"x"' },
  { what: 'false', value: 'false' },
  { what: 'an empty object', value: '{}' },
])('keeps $what as it stands', ({ value }) => {
  expect(json(`{"records":[{"value":${value}}]}`)).toEqual([{ key: null, value, partition: undefined }])
})

it('drops white space between tokens and keeps it within strings', () => {
  expect(json('{ "records" :\n [ { "value" : { "a b" : [ 1 , "c  d" ] } } ] }')[0]?.value).toBe('{"a b":[1,"c  d"]}')
})

it('takes key, value and partition; null and absent are the same', () => {
  expect(
    json('{"records":[{"key":"k","value":null,"partition":2},{"key":null},{"partition":null,"value":1}]}'),
  ).toEqual([
    { key: '"k"', value: null, partition: 2 },
    { key: null, value: null, partition: undefined },
    { key: null, value: '1', partition: undefined },
  ])
})

it('lets the last of two fields of one name stand', () => {
  expect(json('{"records":[{"value":1}],"records":[{"value":2,"value":3}]}')[0]?.value).toBe('3')
})

it('takes base64 with and without padding', () => {
  const body = Buffer.from('{"records":[{"key":"YQ==","value":"YWI"},{"value":""}]}')
  expect(parseProduceRequest(body, 'binary')).toEqual([
    { key: Buffer.from('a'), value: Buffer.from('ab'), partition: undefined },
    { key: null, value: Buffer.alloc(0), partition: undefined },
  ])
})

it('keeps every JSON value, whatever white space stands around its tokens', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), fc.constantFrom(undefined, 1, '\t'), (values, indent) => {
      const body = JSON.stringify({ records: values.map((value) => ({ key: value, value })) }, null, indent)
      const texts = values.map((value) => (value === null ? null : JSON.stringify(value)))
      expect(json(body)).toEqual(texts.map((text) => ({ key: text, value: text, partition: undefined })))
    }),
  )
})

it('refuses or reads any bytes, and never fails otherwise', () => {
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.string(),
    fc.json(),
    fc.json().map((value) => `{"records":[${value}]}`),
  )
  fc.assert(
    fc.property(bytes, fc.constantFrom('json' as const, 'binary' as const), (body, format) => {
      try {
        expect(parseProduceRequest(Buffer.from(body as string), format).length).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toBeInstanceOf(Refused)
      }
    }),
  )
})
