import { describe, expect, test } from 'vitest'
import { compileTemplate } from '../../../../services/gateway/vtl/template.ts'
import { rendered, run } from './scopes.ts'

describe('a template that breaks the grammar names line, column and reason', () => {
  test.each([
    ['{\n  #if($x\n}', 3, 1, 'expected ")" to close #if(, found "}"'],
    ['a\n  #foreach($e in $l)\n x', 2, 3, 'the #foreach that begins here has no #end'],
    ['a #end', 1, 3, '"#end" has no #if, #foreach, #define or #macro before it'],
    ['#if(true)\n#else\n#else\n#end', 3, 1, 'expected #end of #if, found "#else\\n#end"'],
    ['#set($x "a")', 1, 9, 'expected "=" in #set, found "\\"a\\")"'],
    ['#set($x = "a)', 1, 11, 'the string that begins here has no closing "'],
    ['\n#set($x = "a ${b c")', 2, 17, 'expected "}" to close ${b, found " c"'],
    [
      '$l.get($i + 1)',
      1,
      11,
      'expected "," or ")" after a parameter of get(), found "+ 1)": parameters are no expressions, #set one first',
    ],
    ['#set($x = 1 -1)', 1, 13, 'expected ")" to close #set(, found "-1)"'],
    ['#parse("a.vm")', 1, 1, '#parse is not there: a mapping template has no other files'],
    ['#macro(m $a)#@m(1)x#end#end', 1, 13, '#@m is not there: macros with a body are not supported'],
    ['text\n#[[ open', 2, 2, 'the literal text that begins here has no ]]#'],
    ['costs $', 1, 7, 'a template cannot end in $'],
  ])('%j', (template, line, column, why) => {
    expect(compileTemplate(template)).toEqual({ line, column, why })
  })
})

describe('a rendering that fails names line and reason', () => {
  test.each([
    ['a\n$input.path("$.[")', 2, '"$.[" is not a JSONPath: it ends where a step was expected'],
    ['a\n\n#set($x = "abc".substring(2))\n#set($s = "abc")#if(true)\n$s.substring(9)#end', 3, ''],
    [
      '\n#set($s = "abc")\n#if(true)\n $s.substring(9)\n#end',
      4,
      'characters 9 to 3 of a string that has 3 were asked for',
    ],
    ['#set($l = [1])\n$l[4]', 2, 'item 4 of a list that has 1 was asked for'],
    ['\n$util.parseJson("{")', 2, '$util.parseJson was given what is not JSON at offset 1'],
    ['$util.urlDecode("%zz")', 1, '$util.urlDecode was given a percent sign without its two digits'],
    ['$input.body.replaceAll("[a", "b")', 1, 'is not a pattern'],
    ['$input.body.replaceAll("b", "$1")', 1, 'names no group'],
    ["#evaluate('#if(')", 1, '#evaluate'],
    ['#set($i = 1)\n$i.parseInt("x")', 2, '"x" is not a whole number'],
  ])('%j', (template, line, why) => {
    if (why === '') {
      expect(compileTemplate(template)).toMatchObject({ line })
      return
    }
    const result = run(template, { body: '{"b":1}' })
    expect(result).toMatchObject({ fault: { line, why: expect.stringContaining(why) as string } })
  })
})

test('every part of the text leads back to the line that wrote it', () => {
  const template = [
    '{',
    '  "StreamName": "s",',
    '  "Records": [',
    '#foreach($elem in $input.path("$.records"))',
    '    { "Data": "$elem.data",',
    '      "PartitionKey": "$elem.key" }#if($foreach.hasNext),#end',
    '#end',
    '  ]',
    '}',
  ].join('\n')
  const result = run(template, { body: '{"records":[{"data":"a\\nb","key":"k1"},{"data":"c","key":"k2"}]}' })
  if ('fault' in result) throw new Error(result.fault.why)
  const lineOf = (text: string): number => result.lineOf(result.text.indexOf(text))
  expect(result.text).toContain('"a\nb"')
  expect(
    [
      '{',
      '"StreamName"',
      '"Records"',
      '{ "Data"',
      'a\n',
      'b"',
      '"PartitionKey"',
      'k1',
      ',    { "Data"',
      '"c"',
      'k2',
      '  ]',
    ].map(lineOf),
  ).toEqual([1, 2, 3, 5, 5, 5, 6, 6, 6, 5, 6, 8])
  expect(result.lineOf(result.text.length)).toBe(9)
})

describe('nothing of JavaScript can be reached', () => {
  test.each([
    '$input.constructor',
    '$input["__proto__"].polluted',
    '$input.body.constructor.constructor("return process")',
    '$input.body["__proto__"]',
    '$util.toString.constructor',
    '$context',
    '$util.hasOwnProperty("x")',
    '$context.identity["__proto__"]',
    '$context.constructor.name',
    '$context["__proto__"]',
    '$stageVariables.hasOwnProperty("x")',
    "$input.path('$.__proto__')",
    "$input.path('$.constructor')",
    "$input.params('__proto__')",
    '#set($l = [1])$l.push(2)$l.length$l.prototype',
    '#set($s = "x")$s.at(0)$s.anchor("x")$s.class$s.getClass()',
    '#foreach($i in [1])$foreach.constructor$foreach["__proto__"]#end',
    '#set($n = 1)$n.toFixed(2)$n.constructor',
  ])('%s', (template) => {
    expect(rendered(template, { body: '{}' })).toBe('')
  })

  test('a name of a prototype is a key like any other', () => {
    const body = '{"__proto__":{"polluted":1},"constructor":"c"}'
    expect(
      rendered(`$input.path('$.__proto__.polluted') $input.path('$').constructor $input.json('$')`, { body }),
    ).toBe(`1 c ${body}`)
    expect(rendered('#set($m = {})#set($m["__proto__"] = {"polluted": 1})#set($m.constructor = 2)$m')).toBe(
      '{__proto__={polluted=1}, constructor=2}',
    )
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

describe('time and memory are bounded', () => {
  test('a foreach ends after 1,000 passes, without a word', () => {
    const body = JSON.stringify(Array.from({ length: 1_500 }, (_, index) => index))
    expect(rendered("#foreach($i in $input.path('$'))$i#if($foreach.hasNext),#end#end", { body })).toMatch(/,998,999,$/)
  })

  test.each([
    [
      'loops in loops',
      '#foreach($a in [1..1000])#foreach($b in [1..1000])#foreach($c in [1..1000])#end#end#end',
      'runs longer',
    ],
    ['a string that doubles', '#set($s = "0123456789")#foreach($i in [1..1000])#set($s = $s + $s)#end', 'characters'],
    ['text that doubles', '#set($s = "0123456789")#foreach($i in [1..1000])#set($s = "$s$s")#end', 'characters'],
    ['much text', '#foreach($i in [1..1000])#foreach($j in [1..1000])0123456789abcdef#end#end', 'characters'],
    ['a number that squares', '#set($n = 99)#foreach($i in [1..1000])#set($n = $n * $n)#end', 'bits'],
    ['a long range', '#set($r = [1..1000000000])', 'range'],
    ['a macro that calls itself', '#macro(m)#m()#end#m()', 'deep'],
    ['a list within itself', '#set($l = [])#set($x = $l.add($l))$l', 'nested'],
    ['a map within itself', '#set($m = {})#set($m.m = $m)$m', 'nested'],
    ['a list that doubles', '#set($l = [1])#foreach($i in [1..100])#set($x = $l.addAll($l))#end', 'items'],
  ])('%s', (_what, template, why) => {
    const startMs = performance.now()
    expect(run(template)).toMatchObject({ fault: { why: expect.stringContaining(why) as string } })
    expect(performance.now() - startMs).toBeLessThan(8_000)
  })

  test('a payload of 10 MB', () => {
    const records = Array.from({ length: 20_000 }, (_, ind) => ({ ind, text: 'x'.repeat(480) }))
    const result = run("#foreach($e in $input.path('$.records'))$e.ind $e#end", { body: JSON.stringify({ records }) })
    expect(result).toMatchObject({ text: expect.stringContaining('{ind=999, text=x') as string })
  })
})
