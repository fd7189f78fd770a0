import { describe, expect, it } from 'vitest'
import { kinesisBlame } from '../../../services/gateway/integrations/kinesis-blame.ts'

/** A template without directives: what it wrote stands on the line that wrote it. */
const lineOf = (text: string) => (offset: number) => text.slice(0, offset).split('\n').length
const blame = (action: string, text: string) => kinesisBlame(action, { text, lineOf: lineOf(text) }, text)

const record = (data: string, key = '"k"'): string => `{
  "StreamName": "s",
  "Data": ${data},
  "PartitionKey": ${key}
}`
const records = (...each: [data: string, key: string][]): string =>
  `{\n"Records": [\n${each.map(([data, key]) => `{ "Data": ${data},\n"PartitionKey": ${key} }`).join(',\n')}\n]\n}`

describe('PutRecord', () => {
  it.each([
    { what: 'base64', text: record('"eyJpbmQiOjF9"') },
    { what: 'empty data', text: record('""') },
    {
      what: 'an object where text is wanted',
      text: record('{"ind": 1}'),
      says: 'line 3 ("Data": {"ind": 1},): Data is {"ind":1}, not base64 text',
    },
    {
      what: 'JSON text',
      text: record('"{\\"ind\\":1}"'),
      says: 'line 3 ("Data": "{\\"ind\\":1}",): Data is {"ind":1}, not base64: it is JSON text',
    },
    { what: 'an object by a reference', text: record('"{ind=1, title=t}"'), says: 'an object written as {key=value}' },
    { what: 'plain text', text: record('"text!"'), says: 'Data is text!, not base64: it is plain text' },
    { what: 'text of base64’s letters, a wrong length', text: record('"abc"'), says: 'Data is abc, not base64' },
    { what: 'null', text: record('null'), says: 'line 3 ("Data": null,): Data is missing' },
    {
      what: 'JSON in quotes',
      text: record('"{"ind":1}"'),
      says: 'line 3 ("Data": "{"ind":1}",): Data is JSON text inside quotes',
    },
    {
      what: 'a list in quotes',
      text: record('"[1]"'),
      says: 'line 3 ("Data": "[1]",): Data is [1], not base64: it is JSON text',
    },
    {
      what: 'a text in quotes',
      text: record('""t""'),
      says: 'line 3 ("Data": ""t"",): Data is JSON text inside quotes',
    },
    { what: 'nothing', text: record(''), says: 'line 3' },
    { what: 'an empty key', text: record('""', '""'), says: 'line 4 ("PartitionKey": ""): PartitionKey is empty' },
    {
      what: 'a key of 257 characters',
      text: record('""', `"${'k'.repeat(257)}"`),
      says: 'PartitionKey has 257 characters, 256 at most',
    },
    {
      what: 'a number as key',
      text: record('""', '1'),
      says: 'line 4 ("PartitionKey": 1): PartitionKey is 1, not a text',
    },
    {
      what: 'a quote in the key',
      text: record('""', '"a"b"'),
      says: 'line 4 ("PartitionKey": "a"b"): what it wrote is not JSON: "PartitionKey": "a"b"',
    },
    {
      what: 'no closing brace',
      text: '{\n"StreamName": "s"\n',
      says: 'line 2 ("StreamName": "s"): what it wrote is not JSON',
    },
    { what: 'nothing at all', text: '', says: 'line 1 (): what it wrote is not JSON' },
  ])('$what', ({ text, says }) => {
    if (says === undefined) expect(blame('PutRecord', text)).toBeUndefined()
    else expect(blame('PutRecord', text)).toContain(says)
  })
})

describe('PutRecords', () => {
  it.each([
    { what: 'all right', text: records(['"YQ=="', '"1"'], ['"YQ=="', '"2"']) },
    {
      what: 'the second data',
      text: records(['"YQ=="', '"1"'], ['"{a=b}"', '"2"']),
      says: 'line 5 ({ "Data": "{a=b}",): Data of record 2 is {a=b}',
    },
    {
      what: 'the second key',
      text: records(['"YQ=="', '"1"'], ['"YQ=="', '""']),
      says: 'line 6 ("PartitionKey": "" }): PartitionKey of record 2 is empty',
    },
    { what: 'a text that names members', text: records(['"YQ=="', '"\\"Data\\": 1"'], ['"!"', '"2"']), says: 'line 5' },
    { what: 'no list', text: '{"Records": 1}' },
    { what: 'a record that is none', text: '{"Records": [null]}', says: 'Data of record 1 is missing' },
  ])('$what', ({ text, says }) => {
    if (says === undefined) expect(blame('PutRecords', text)).toBeUndefined()
    else expect(blame('PutRecords', text)).toContain(says)
  })
})

it('looks at no records where the action has none', () => {
  expect(blame('CreateStream', '{"StreamName": ""}')).toBeUndefined()
})
