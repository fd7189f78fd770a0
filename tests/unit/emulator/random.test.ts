import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PythonRandom } from '../../../emulator/random.ts'

const hasPython = spawnSync('python3', ['--version']).status === 0

/** Runs a program that finds the cases in `cases` and fills `drawn`: one process for all cases, as its start is slow. */
const python = (program: string, cases: unknown): unknown => {
  const { stdout, status, stderr } = spawnSync(
    'python3',
    ['-c', `import random,json,sys\ncases=json.load(sys.stdin)\ndrawn=[]\n${program}\nprint(json.dumps(drawn))`],
    { input: JSON.stringify(cases), encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

describe('PythonRandom', () => {
  test.skipIf(!hasPython)('gives the bits of CPython for any seed', () => {
    const aCase = fc.record({
      seed: fc.oneof(fc.maxSafeInteger(), fc.nat(1_000), fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1)),
      widths: fc.array(fc.integer({ min: 1, max: 32 }), { minLength: 1, maxLength: 700, size: 'max' }),
    })
    const program = `
for c in cases:
  random.seed(c['seed'])
  drawn.append([random.getrandbits(bits) for bits in c['widths']])`
    fc.assert(
      fc.property(fc.array(aCase, { minLength: 20, maxLength: 40 }), (cases) => {
        const drawn = cases.map(({ seed, widths }) => {
          const random = new PythonRandom(seed)
          return widths.map((bits) => random.getrandbits(bits))
        })
        expect(drawn).toEqual(python(program, cases))
      }),
      { numRuns: 3 },
    )
  })

  test.skipIf(!hasPython)('draws from ranges as CPython does', () => {
    const aCase = fc.record({
      seed: fc.nat(),
      low: fc.integer({ min: -5, max: 5 }),
      width: fc.oneof(fc.nat(20), fc.integer({ min: 0, max: 2 ** 32 - 3 })),
    })
    const program = `
for c in cases:
  random.seed(c['seed'])
  drawn.append([random.randint(c['low'], c['low'] + c['width']) for _ in range(50)])`
    fc.assert(
      fc.property(fc.array(aCase, { minLength: 20, maxLength: 40 }), (cases) => {
        const drawn = cases.map(({ seed, low, width }) => {
          const random = new PythonRandom(seed)
          return Array.from({ length: 50 }, () => random.randint(low, low + width))
        })
        expect(drawn).toEqual(python(program, cases))
      }),
      { numRuns: 3 },
    )
  })

  test('a seed and its negative are the same, as in Python', () => {
    expect(new PythonRandom(-100).getrandbits(32)).toBe(new PythonRandom(100).getrandbits(32))
  })

  test.each([
    { what: 'an empty range', draw: (random: PythonRandom) => random.randrange(3, 3) },
    { what: 'a range the wrong way round', draw: (random: PythonRandom) => random.randint(3, 1) },
    { what: 'a range of more than 32 bits', draw: (random: PythonRandom) => random.randint(0, 2 ** 32) },
  ])('$what is refused', ({ draw }) => {
    expect(() => draw(new PythonRandom(1))).toThrow(RangeError)
  })
})
