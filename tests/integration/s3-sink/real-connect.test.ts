import { execFile } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { labHome } from '../../../lab/home.ts'
import { toolPaths } from '../../../lab/install/tools.ts'
import { jsonLine, NotJson } from '../../../services/s3-sink/json/json-line.ts'

/** Answers of Kafka Connect's own converter and Jackson for `values`, run from the broker's jars. */
async function realAnswers(values: readonly Uint8Array[]): Promise<string[]> {
  const jars = join(toolPaths(labHome().tools).kafkaLibs, '*')
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const java = execFile(
    'java',
    ['-cp', jars, join(import.meta.dirname, 'ConnectReference.java')],
    { maxBuffer: 1 << 28 },
    (error, stdout, stderr) => {
      if (error) reject(new Error(stderr, { cause: error }))
      else resolve(stdout)
    },
  )
  java.stdin?.end(values.map((value) => `${Buffer.from(value).toString('base64')}\n`).join(''))
  return (await promise).trimEnd().split('\n')
}

function ourAnswer(value: Uint8Array): string {
  try {
    const line = jsonLine(value)
    return line === undefined ? 'null' : `ok ${Buffer.from(`${line}\n`).toString('base64')}`
  } catch (error) {
    if (error instanceof NotJson) return 'rejected'
    throw error
  }
}

const readable = (answer: string): string =>
  answer.startsWith('ok ') ? Buffer.from(answer.slice(3), 'base64').toString() : answer

async function expectSameAnswers(values: readonly Uint8Array[]): Promise<void> {
  const real = await realAnswers(values)
  expect(real).toHaveLength(values.length)
  const differing = values.flatMap((value, index) => {
    const ours = ourAnswer(value)
    return ours === real[index]
      ? []
      : [{ value: Buffer.from(value).toString(), real: readable(real[index] ?? ''), ours: readable(ours) }]
  })
  expect(differing.sort((a, b) => a.value.length - b.value.length).slice(0, 8)).toEqual([])
}

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
const sampled = <T>(arbitrary: fc.Arbitrary<T>, count: number): T[] => fc.sample(arbitrary, { numRuns: count, seed })

const numberToken = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => (n / 10_000).toFixed(4)),
  fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.nat(999_999),
      fc.option(fc.nat(999_999)),
      fc.option(fc.integer({ min: -340, max: 340 })),
    )
    .map(
      ([sign, whole, part, exponent]) =>
        `${sign}${String(whole)}${part === null ? '' : `.${String(part)}`}${exponent === null ? '' : `e${String(exponent)}`}`,
    ),
)
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 12 }),
  fc.constantFrom('index', 'unique_id', 'title', 'Aa', 'BB', 'AaAa', 'BBBB', 'AaBB', '😀', '\ud83d', '', '__proto__'),
)
const blank = fc.constantFrom('', '', '', ' ', '\n', '\t', '\r\n')
const document = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    numberToken,
    text.map((value) => JSON.stringify(value)),
    fc.constantFrom('true', 'false', 'null'),
    fc
      .tuple(blank, fc.array(tie('value'), { maxLength: 5 }))
      .map(([gap, values]) => `[${gap}${values.join(`,${gap}`)}]`),
    tie('object'),
  ),
  object: fc
    .tuple(blank, fc.array(fc.tuple(text, tie('value')), { maxLength: 30 }))
    .map(
      ([gap, members]) =>
        `{${gap}${members.map(([name, value]) => `${JSON.stringify(name)}${gap}:${gap}${value}`).join(',')}${gap}}`,
    ),
}))

test(`writes any document as Kafka Connect and Jackson do (seed ${String(seed)})`, async () => {
  await expectSameAnswers(sampled(document.object, 1_500).map((json) => Buffer.from(json)))
})

test(`accepts and refuses damaged documents as they do (seed ${String(seed)})`, async () => {
  const damaged = fc
    .tuple(
      document.value,
      fc.nat(),
      fc.constantFrom('', '}', '"', ',', '0', '.', 'e', '-', ' ', '\\', '\u0001', 'x', '1', '\n'),
    )
    .map(([json, at, inserted]) => {
      const position = at % (json.length + 1)
      return Buffer.from(json.slice(0, position) + inserted + json.slice(position + (inserted === '' ? 1 : 0)))
    })
  await expectSameAnswers(sampled(damaged, 4_000))
})

test(`prints any double as their JVM does (seed ${String(seed)})`, async () => {
  await expectSameAnswers(sampled(numberToken, 30_000).map((token) => Buffer.from(token)))
})
