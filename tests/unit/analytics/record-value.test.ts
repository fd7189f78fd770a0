import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { cellText, judge, lineDigest, sourceRowDigest, wholeNumber } from '../../../analytics/verify/record-value.ts'
import { parse } from 'lossless-json'
import { aGeo, aPin, aUser } from './cleaned.ts'

const valueOf = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))

describe('judge', () => {
  it.each([
    ['pin', aPin(), 'row', 1],
    ['geo', aGeo({ ind: 7 }), 'row', 7],
    ['user', { ...aUser(), ind: ' 8 ' }, 'row', 8],
    ['user', '{"ind":9.0,"age":20}', 'row', 9],
    ['pin', aGeo(), 'a record of another table', Number.NaN],
    ['geo', aUser(), 'a record of another table', 1],
    ['user', aPin(), 'a record of another table', Number.NaN],
    ['geo', '{"country":"a"}', 'no ind', Number.NaN],
    ['geo', '{"ind":1.5,"country":"a"}', 'no ind', Number.NaN],
    ['geo', '[1]', 'no ind', Number.NaN],
    ['geo', '7', 'no ind', Number.NaN],
    ['geo', 'null', 'null', Number.NaN],
    ['geo', ' \n', 'null', Number.NaN],
    ['geo', '{"ind":1', 'not JSON', Number.NaN],
    ['geo', 'hello', 'not JSON', Number.NaN],
  ] as const)('%s: %j is %s', (entity, value, kind, ind) => {
    expect(judge(entity, valueOf(value))).toMatchObject({ kind, ind })
  })

  test('a record without a value is null, as the connector sees it', () => {
    expect(judge('pin', null).kind).toBe('null')
  })

  test('text after the first object is ignored, as Jackson does', () => {
    expect(judge('geo', valueOf('{"ind":1,"country":"}"} trailing'))).toMatchObject({ kind: 'row', ind: 1 })
    expect(judge('geo', valueOf('x {"ind":1}')).kind).toBe('not JSON')
  })
})

describe('value digest', () => {
  it.each([
    ['{"a":1,"b":2}', '{"b":2,"a":1}'],
    ['{"a":12.50}', '{"a":12.5}'],
    ['{"a":1e2}', '{"a":100.0}'],
    ['{"a":10000000000.0}', '{"a":1.0E10}'],
    ['{"a":0.0001}', '{"a":1.0E-4}'],
    ['{"a":-0.0}', '{"a":0.0}'],
    ['{"a":-0}', '{"a":0}'],
    ['{"a":9223372036854775808}', '{"a":-9223372036854775808}'],
    ['{"a":1e999}', '{"a":"Infinity"}'],
    ['{"a":"é"}', '{"a":"\\u00e9"}'],
    ['{"a":"🎄"}', '{"a":"\\uD83C\\uDF84"}'],
    ['{"a":1,"a":2}', '{"a":2}'],
    [' { "a" : [ 1 , null ] } ', '{"a":[1,null]}'],
  ])('%s is written as %s', (record, line) => {
    expect(lineDigest(line)).toBe(judge('pin', valueOf(record)).valueDigest)
  })

  it.each([
    ['{"a":1}', '{"a":1.0}'],
    ['{"a":100.0}', '{"a":100}'],
    ['{"a":1}', '{"a":"1"}'],
    ['{"a":null}', '{}'],
    ['{"a":"x"}', '{"a":"y"}'],
    ['{"a":[1,2]}', '{"a":[2,1]}'],
  ])('%s is not written as %s', (record, line) => {
    expect(lineDigest(line)).not.toBe(judge('pin', valueOf(record)).valueDigest)
  })

  test('any changed character of a line changes its digest, or makes it no JSON', () => {
    const line = JSON.stringify(aGeo())
    const digest = lineDigest(line)
    fc.assert(
      fc.property(fc.nat(line.length - 1), fc.constantFrom('x', '5', '!'), (at, char) => {
        fc.pre(line[at] !== char)
        expect(lineDigest(line.slice(0, at) + char + line.slice(at + 1))).not.toBe(digest)
      }),
    )
  })
})

describe('row digest', () => {
  const rowDigest = (value: unknown): bigint => judge('geo', valueOf(value)).rowDigest

  test('is the source row’s, whatever the key order or form of time', () => {
    const row = aGeo({ latitude: 45, longitude: -0.5 })
    const expected = sourceRowDigest('geo', row)
    const { ind, ...rest } = row
    expect(rowDigest(row)).toBe(expected)
    expect(rowDigest({ ...rest, ind })).toBe(expected)
    expect(rowDigest({ ...row, timestamp: row.timestamp.replace(' ', 'T') })).toBe(expected)
    expect(rowDigest({ ...row, more: 1 })).toBe(expected)
  })

  it.each([{ country: 'Albania ' }, { latitude: 45.1 }, { latitude: '-88.4642' }, { timestamp: null }, { ind: '1' }])(
    'differs with %j',
    (cells) => {
      expect(rowDigest({ ...aGeo(), ...cells })).not.toBe(sourceRowDigest('geo', aGeo()))
    },
  )
})

test.each([
  ['5', 5],
  ['"5"', 5],
  ['"+5"', 5],
  ['5.0', 5],
  ['"5."', 5],
  ['1e2', 100],
  ['-5', -5],
  ['2147483648', Number.NaN],
  ['"5 6"', Number.NaN],
  ['true', Number.NaN],
  ['null', Number.NaN],
  ['{}', Number.NaN],
])('whole number of %s is %d', (json, number) => {
  expect(wholeNumber(parse(json))).toBe(number)
})

test.each([
  ['"a"', 'a'],
  ['1', '1'],
  ['1.50', '1.5'],
  ['1.0', '1.0'],
  ['true', 'true'],
  ['null', null],
  ['[1]', undefined],
])('text of %s is %j', (json, text) => {
  expect(cellText(parse(json))).toBe(text)
})
