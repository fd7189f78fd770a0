import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { jsonLine, NotJson } from '../../../services/s3-sink/json/json-line.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)

// every row was checked against Kafka Connect 4.3.1's JsonConverter and Jackson 2.21 on Java 17
describe('jsonLine writes what the connector writes', () => {
  it.each([
    { what: 'names in HashMap order', json: '{"b":1,"a":2,"index":7528}', line: '{"a":2,"b":1,"index":7528}' },
    {
      what: 'nested objects likewise',
      json: '{"a":{"z":1,"y":[{"q":1,"p":2}]}}',
      line: '{"a":{"y":[{"p":2,"q":1}],"z":1}}',
    },
    { what: 'the last of equal names', json: '{"a":1,"b":3,"a":2}', line: '{"a":2,"b":3}' },
    { what: 'no blanks', json: ' {"a" : [ 1 , true,null ] }\n', line: '{"a":[1,true,null]}' },
    { what: 'a decimal at its shortest', json: '12.50', line: '12.5' },
    { what: 'an exponent as a double', json: '1e2', line: '100.0' },
    { what: 'large doubles in scientific notation', json: '10000000000.0', line: '1.0E10' },
    { what: 'doubles from 1e7 on likewise', json: '12345678.9', line: '1.23456789E7' },
    { what: 'small doubles likewise', json: '0.0001', line: '1.0E-4' },
    { what: 'one thousandth plainly', json: '0.001', line: '0.001' },
    { what: 'a double that older JVMs do not shorten', json: '1e23', line: '9.999999999999999E22' },
    { what: 'another one', json: '2e23', line: '1.9999999999999998E23' },
    { what: 'the smallest double', json: '5e-324', line: '4.9E-324' },
    { what: 'no negative zero', json: '-0.0', line: '0.0' },
    { what: 'a negative that vanishes with its sign', json: '-1e-400', line: '-0.0' },
    { what: 'infinity as text', json: '-1e400', line: '"-Infinity"' },
    { what: 'whole numbers wrapped at 64 bits', json: '9223372036854775808', line: '-9223372036854775808' },
    { what: 'longer ones too', json: '123456789012345678901234567890', line: '-4362896299872285998' },
    { what: 'a negative whole zero as zero', json: '-0', line: '0' },
    { what: 'leading zeros dropped', json: '[01,-007,00.5]', line: '[1,-7,0.5]' },
    { what: 'letters as they are', json: '"é\u00a0\u2028/\u007f"', line: '"é\u00a0\u2028/\u007f"' },
    { what: 'characters beyond the basic plane escaped', json: '"😀"', line: '"\\uD83D\\uDE00"' },
    { what: 'escapes resolved where none is needed', json: '"\\u00e9\\/\\u0041"', line: '"é/A"' },
    {
      what: 'control characters escaped in upper case',
      json: '"\\u001f\\b\\n\\u0000"',
      line: '"\\u001F\\b\\n\\u0000"',
    },
    { what: 'half a surrogate pair', json: '"\\ud83d"', line: '"\\uD83D"' },
    { what: 'text after the first value left out', json: '{"a":1} {"b":2}', line: '{"a":1}' },
    { what: 'a byte order mark left out', json: '\ufeff{"a":1}', line: '{"a":1}' },
    { what: 'an empty object and list', json: '[{},[ ]]', line: '[{},[]]' },
    { what: 'an odd name as any other', json: '{"__proto__":1,"":2}', line: '{"":2,"__proto__":1}' },
  ])('$what: $json', ({ json, line }) => {
    expect(jsonLine(bytes(json))).toBe(line)
  })

  it.each(['', '  \n', 'null', ' null '])('%j is a null value', (json) => {
    expect(jsonLine(bytes(json))).toBeUndefined()
  })

  it.each([
    ...[
      'not json',
      '{',
      '{"a":1',
      '[1,]',
      '{"a":1,}',
      '{"a" 1}',
      "{'a':1}",
      '{a:1}',
      '"abc',
      '"a\tb"',
      '"\\x"',
      '"\\u12"',
    ],
    ...['NaN', 'truex', '12abc', '1,2', '1.', '.5', '+1', '-', '1e', '0x10', '1e99999999999', '/**/1'],
    ...['{"\\ud83d":1}', '"a'],
  ])('%j is not JSON', (json) => {
    expect(() => jsonLine(bytes(json))).toThrow(NotJson)
  })

  // limits of Jackson's StreamReadConstraints
  it.each([
    { what: 'a number of 1,000 digits', json: '9'.repeat(1_000), ok: true },
    { what: 'one of 1,001', json: '9'.repeat(1_001), ok: false },
    { what: 'lists 1,000 deep', json: '['.repeat(1_000) + ']'.repeat(1_000), ok: true },
    { what: 'lists 1,001 deep', json: '['.repeat(1_001) + ']'.repeat(1_001), ok: false },
    { what: 'a name of 50,000 characters', json: `{"${'k'.repeat(50_000)}":1}`, ok: true },
    { what: 'one of 50,001', json: `{"${'k'.repeat(50_001)}":1}`, ok: false },
  ])('$what: accepted $ok', ({ json, ok }) => {
    if (ok) expect(jsonLine(bytes(json))).toBeDefined()
    else expect(() => jsonLine(bytes(json))).toThrow(NotJson)
  })

  it('refuses bytes that are not UTF-8', () => {
    expect(() => jsonLine(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(NotJson)
  })

  it("writes the course's three records with their names in the order of the real objects", () => {
    const names = (line: string | undefined): string[] => Object.keys(JSON.parse(line ?? '{}') as object)
    const pin = {
      ...{ index: 7528, unique_id: 'u', title: 't', description: 'd', poster_name: 'p', follower_count: '124k' },
      ...{
        tag_list: 'a',
        is_image_or_video: 'image',
        image_src: 's',
        downloaded: 1,
        save_location: 'l',
        category: 'c',
      },
    }
    expect(names(jsonLine(bytes(JSON.stringify(pin))))).toEqual([
      'is_image_or_video',
      'unique_id',
      'save_location',
      'poster_name',
      'tag_list',
      'index',
      'description',
      'title',
      'category',
      'follower_count',
      'image_src',
      'downloaded',
    ])
    const geo = { ind: 1, timestamp: 't', latitude: 1.5, longitude: 2.5, country: 'c' }
    expect(names(jsonLine(bytes(JSON.stringify(geo))))).toEqual([
      'country',
      'latitude',
      'ind',
      'timestamp',
      'longitude',
    ])
    const user = { ind: 1, first_name: 'f', last_name: 'l', age: 20, date_joined: 'd' }
    expect(names(jsonLine(bytes(JSON.stringify(user))))).toEqual([
      'last_name',
      'date_joined',
      'first_name',
      'ind',
      'age',
    ])
  })
})

test('the line means what the record meant', () => {
  const text = fc.string({ unit: 'grapheme' })
  const number = fc.oneof(fc.integer(), fc.double({ min: -1e15, max: 1e15, noNaN: true }))
  const values = [text, number, fc.boolean(), fc.constant(null)]
  fc.assert(
    fc.property(fc.object({ key: text, values }), (value) => {
      const written = JSON.stringify(value)
      expect(JSON.parse(jsonLine(bytes(written)) ?? '')).toEqual(JSON.parse(written))
    }),
  )
})

test('what was written is written the same again', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const once = jsonLine(bytes(JSON.stringify(value)))
      fc.pre(once !== undefined)
      expect(jsonLine(bytes(once))).toBe(once)
    }),
  )
})
