import { describe, expect, test } from 'vitest'
import { Overrides } from '../../../../services/gateway/vtl/scope.ts'
import { rendered, scope } from './scopes.ts'
import { compileTemplate } from '../../../../services/gateway/vtl/template.ts'

const request = {
  body: '{"a":{"b":[1,{"c":"x"}]},"s":"it\'s","n":null,"url":"https://x/y"}',
  pathParameters: new Map([
    ['stream-name', 'streaming-1-pin'],
    ['everywhere', 'path'],
  ]),
  queryParameters: new Map([
    ['q', ['first', 'last']],
    ['everywhere', ['query']],
  ]),
  headers: new Map([
    ['Shard-Iterator', ['AAAA==']],
    ['Accept', ['text/html', 'text/plain']],
    ['everywhere', ['header']],
  ]),
  context: {
    requestId: 'r-1',
    stage: 'test',
    requestTimeEpoch: 1_764_000_000_000,
    identity: { sourceIp: '127.0.0.1', userAgent: undefined },
  },
  stageVariables: { table: 'pins', 'a-b': 'hyphen' },
}

describe('$input', () => {
  test.each([
    ['$input.body', request.body],
    [`$input.json('$')`, request.body],
    [`$input.json('$.a')`, '{"b":[1,{"c":"x"}]}'],
    [`$input.json('$.s')`, `"it's"`],
    [`$input.json('$.url')`, '"https://x/y"'],
    [`$input.json('$.missing')`, '""'],
    [`$input.json('$.n')`, '""'],
    [`$input.path('$.a')`, '{b=[1,{"c":"x"}]}'],
    [`$input.path('$.a.b')`, '[1,{"c":"x"}]'],
    [`$input.path('$.a.b')[1]`, '{c=x}'],
    [`$input.path('$.s')`, `it's`],
    [`[$input.path('$.missing')]`, '[]'],
    [`$input.params('stream-name')`, 'streaming-1-pin'],
    [`$input.params("everywhere")`, 'path'],
    [`$input.params('q')`, 'last'],
    [`$input.params('Shard-Iterator') $input.params('shard-iterator')`, 'AAAA== AAAA=='],
    [`$input.params('Accept')`, 'text/html,text/plain'],
    [`[$input.params('missing')]`, '[]'],
    [`$input.params().path`, '{stream-name=streaming-1-pin, everywhere=path}'],
    [`$input.params().querystring.q $input.params().header.get('Accept')`, 'last text/html,text/plain'],
    [`#foreach($place in $input.params().keySet())$place #end`, 'path querystring header '],
    [`[$input][$util][$input.body.nothing][$input.nothing()]`, '[][][][]'],
  ])('%s', (template, text) => {
    expect(rendered(template, request)).toBe(text)
  })

  test.each([
    ['$input.body', '', '{}'],
    [`[$input.path('$.a')][$input.json('$.a')]`, '', '[][""]'],
    [`[$input.path('$')][$input.json('$')]`, 'some raw data', '[][""]'],
    [`$input.path('$') $input.json('$')`, '"text"', 'text "text"'],
    [`$input.path('$')`, `${'['.repeat(5000)}${']'.repeat(5000)}`, ''],
    [`$input.json('$')`, '{"z":1,"10":2,"2":3,"z":4}', '{"z":4,"10":2,"2":3}'],
    [
      `$input.json('$')`,
      '{"n":1.0,"big":12345678901234567890,"exact":0.12345678901234567890}',
      '{"n":1.0,"big":12345678901234567890,"exact":0.12345678901234567890}',
    ],
  ])('%s of %j', (template, body, text) => {
    expect(rendered(template, { body })).toBe(text)
  })
})

/** Recorded from the service by LocalStack's validated tests (test_apigateway_common.py). */
describe('as the service answered', () => {
  const nothing = `{"body": $result, "nested": $result.nested, "isNull": #if( $result == $null )"true"#else"false"#end, "isEmptyString": #if( $result == "" )"true"#else"false"#end}`
  test.each([
    [`#set($result = $input.path("$.json"))$result`, '{"json": {"foo": "bar"}}', '{foo=bar}'],
    [`#set($result = $input.path("$.json"))$result`, '{"json": [{"foo": "bar"}]}', '[{"foo":"bar"}]'],
    [
      `#set($result = $input.path("$.json"))$result.nested`,
      '{"json": {"nested": [{"foo": "bar"}]}}',
      '[{"foo":"bar"}]',
    ],
    [`#set($result = $input.path("$.json"))$result[0]`, '{"json": [[{"foo": "bar"}]]}', '[{"foo":"bar"}]'],
    [
      `#set($result = $input.path("$.json"))$result`,
      '{"json": {"foo": [{"nested": "bar"}]}}',
      '{foo=[{"nested":"bar"}]}',
    ],
    [
      `#set($result = $input.path("$.json"))$result`,
      '{"json": {"bigger": "dict", "to": "test", "with": "separators"}}',
      '{bigger=dict, to=test, with=separators}',
    ],
    [
      `#set($result = $input.path("$.json"))$result.toString()`,
      '{"json": {"list": [{"foo": "bar"}]}}',
      '{list=[{"foo":"bar"}]}',
    ],
    [
      `#set($result = $input.path("$.nonExisting"))${nothing}`,
      '',
      '{"body": , "nested": , "isNull": "true", "isEmptyString": "true"}',
    ],
    [
      `#set($result = $input.path("$.l"))${nothing}`,
      '{"l": []}',
      '{"body": [], "nested": , "isNull": "false", "isEmptyString": "false"}',
    ],
    [
      `#set($result = $input.path("$.l"))${nothing}`,
      '{"l": null}',
      '{"body": , "nested": , "isNull": "true", "isEmptyString": "true"}',
    ],
    [
      'EncodedBody=$util.urlEncode($input.body)&Access=$util.urlEncode($input.body.testAccess)',
      '',
      'EncodedBody=%7B%7D&Access=',
    ],
    ['$util.urlEncode($input.body)', '{"some": "value"}', '%7B%22some%22%3A+%22value%22%7D'],
  ])('%s of %s', (template, body, text) => {
    expect(rendered(template, { body })).toBe(text)
  })
})

describe('$util', () => {
  test.each([
    [`$util.escapeJavaScript("it's")`, `it\\'s`],
    [`$util.escapeJavaScript("it's").replaceAll("\\\\'","'")`, `it's`],
    [`$util.escapeJavaScript($input.json('$.a'))`, '{\\"b\\":[1,{\\"c\\":\\"x\\"}]}'],
    [`$util.parseJson('{"a":{"b":2}}').a.b`, '2'],
    [`$util.parseJson($input.body).a.b[1].c`, 'x'],
    [`$util.urlEncode("a b&c") $util.urlDecode("a+b%26c")`, 'a+b%26c a b&c'],
    [`$util.base64Encode("é") $util.base64Decode("w6k=")`, 'w6k= é'],
    // an object where text belongs: what a template prints of it is what it encodes
    [`$util.base64Decode($util.base64Encode($input.path('$.a')))`, '{b=[1,{"c":"x"}]}'],
    [`$util.base64Decode($util.base64Encode($input.json('$.a')))`, '{"b":[1,{"c":"x"}]}'],
  ])('%s', (template, text) => {
    expect(rendered(template, request)).toBe(text)
  })
})

describe('$context and $stageVariables', () => {
  test.each([
    ['$context.requestId $context.stage $context.identity.sourceIp', 'r-1 test 127.0.0.1'],
    ['$context.requestTimeEpoch [$context.identity.userAgent][$context.nothing.at.all]', '1764000000000 [][]'],
    ['#foreach($key in $context.identity.keySet())$key#end', 'sourceIp'],
    [
      `$stageVariables.table $stageVariables['table'] $stageVariables.get('table') $stageVariables.a-b`,
      'pins pins pins hyphen',
    ],
    ['[$stageVariables.nothing]', '[]'],
    // recorded of the service too
    ['[$context][$context.get("identity")][$context.requestOverride]', '[][][]'],
  ])('%s', (template, text) => {
    expect(rendered(template, request)).toBe(text)
  })

  test('overrides are collected, and the next template of the request reads them', () => {
    const overrides = new Overrides()
    const template = `#set($context.requestOverride.header.oHeader = "1header")
#set($context.requestOverride.header["multi-value"] = ["1header", "2header"])
#set($context.requestOverride.path.proxy = "p")
#set($context.requestOverride.querystring.query = $input.params('q'))
#set($context.responseOverride.header.x = "y")
#set($context.responseOverride.status = 400)`
    expect(rendered(template, { ...request, overrides })).toBe('')
    expect(overrides.requestHeaders).toEqual(
      new Map<string, unknown>([
        ['oHeader', '1header'],
        ['multi-value', ['1header', '2header']],
      ]),
    )
    expect(overrides.requestPath).toEqual(new Map([['proxy', 'p']]))
    expect(overrides.requestQuery).toEqual(new Map([['query', 'last']]))
    expect(overrides.responseHeaders).toEqual(new Map([['x', 'y']]))
    expect(overrides.responseStatus).toBe('400')
    expect(rendered('$context.requestOverride.path.proxy', { ...request, overrides })).toBe('p')
    expect(new Overrides().responseStatus).toBeUndefined()
  })
})

test('a compiled template keeps nothing from one rendering to the next', () => {
  const template = compileTemplate('#set($seen = "$!seen|$input.body")$seen')
  if ('why' in template) throw new Error(template.why)
  const texts = ['1', '2'].map((body) => template.render(scope({ body })))
  expect(texts.map((result) => 'text' in result && result.text)).toEqual(['|1', '|2'])
})
