import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { renderedOrNull } from '../../unit/gateway/vtl/scopes.ts'
import { payloads, tablePath, velocityTable } from '../../unit/gateway/vtl/velocity-table.ts'
import { Velocity } from './velocity/velocity.ts'

let velocity: Velocity

beforeAll(async () => {
  velocity = await Velocity.download()
})
afterAll(() => velocity[Symbol.asyncDispose]())

test('the table holds what Velocity 1.7 renders (after new rows: vitest -u)', async () => {
  const answers = await velocity.render(
    velocityTable.map(({ payload, template }) => ({ template, payload: payloads[payload] })),
  )
  const table = velocityTable.map(({ payload, template, lab, because }, index) => ({
    payload,
    template,
    velocity: answers[index],
    lab,
    because,
  }))
  await expect(`${JSON.stringify(table, null, 2)}\n`).toMatchFileSnapshot(tablePath)
})

// signs that touch are left apart where Velocity's lexer is known to lose one: docs/decisions/10-gateway-aws.md
const fragments = [
  ...['#if(true)', '#if(false)', '#if($x)', '#else', '#{else}', '#elseif($x == 1)', '#end', '#end', '#end', '#{end}'],
  ...['#foreach($i in [1..2])', '#foreach($i in $l)', '#break', '#stop', '#define($d)', '#macro(mm $p)', '#mm(1)'],
  ...['#set($x = 1)', '#set($x = "a$y")', '#set($l = [1,"b"])', '#set($m = {"k": $x})', '#set( $y = $x + 1 )'],
  ...['$x', '${x}', '$!x', '$x.y', '$i', '$m.k', '$m', '$l[0]', '$l.size()', '$foreach.index', '$d', '#mm("q")\n'],
  ...['$input.path("$.json.s")', '$input.json("$.json.b")', '#evaluate("$x")', '#unknown()', '#unknown', '#[[ $x ]]#'],
  ...[
    '\n',
    '\n',
    '\n  ',
    '  ',
    '\t',
    ' ',
    '\r\n',
    ' ## c\n',
    '#* c *#',
    '\\',
    '\\\\',
    '$ a',
    '# a',
    '{"a": ',
    '}',
    ',',
  ],
  ...['text', '.', '-', ' (', ')', ' [', ']', '"', "'", '!', '1'],
]
const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)

test(`renders and refuses any template as it does (seed ${String(seed)})`, async () => {
  const template = fc
    .array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 12 })
    .map((parts) => parts.join(''))
  const cases = fc.sample(template, { numRuns: 800, seed }).map((each) => ({ template: each, payload: payloads.pin }))
  const answers = await velocity.render(cases)
  const differing = cases.flatMap(({ template, payload }, index) => {
    const lab = renderedOrNull(template, payload)
    return lab === answers[index] ? [] : [{ template, velocity: answers[index], lab }]
  })
  expect(differing.sort((a, b) => a.template.length - b.template.length).slice(0, 8)).toEqual([])
  expect(answers.filter((answer) => answer !== null).length).toBeGreaterThan(100)
})
