import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pythonDict, pythonFloat, pythonString } from '../../../emulator/print.ts'

const hasPython = spawnSync('python3', ['--version']).status === 0
const reprOf = (values: readonly unknown[]): unknown =>
  JSON.parse(
    spawnSync('python3', ['-c', 'import json,sys;print(json.dumps([repr(v) for v in json.load(sys.stdin)]))'], {
      input: JSON.stringify(values),
      encoding: 'utf8',
    }).stdout,
  )

test('a row reads as the course prints it', () => {
  const row = {
    ind: 7528,
    timestamp: '2020-08-28 03:52:47',
    latitude: -89.9787,
    longitude: -173,
    country: "Cote d'Ivoire",
    note: null,
  }
  expect(pythonDict(row)).toBe(
    `{'ind': 7528, 'timestamp': datetime.datetime(2020, 8, 28, 3, 52, 47), 'latitude': -89.9787, 'longitude': -173.0, 'country': "Cote d'Ivoire", 'note': None}`,
  )
})

test('a datetime of no seconds is printed without them', () => {
  expect(pythonDict({ date_joined: '2015-10-21 21:00:00' })).toBe(
    "{'date_joined': datetime.datetime(2015, 10, 21, 21, 0)}",
  )
})

describe.skipIf(!hasPython)('repr', () => {
  test('of texts is that of python3', () => {
    // newer letters of Unicode are left out: which of them print depends on the Unicode version of each language
    const unit = fc.oneof(
      fc.string({ unit: 'grapheme-ascii', maxLength: 8 }),
      fc.constantFrom(
        "'",
        '"',
        '\\',
        '\n',
        '\r',
        '\t',
        '\0',
        '\u00a0',
        '\u200b',
        '\u2028',
        '\u3000',
        '\u00ad',
        '😀',
        '\ue000',
        'é',
      ),
    )
    fc.assert(
      fc.property(fc.array(fc.array(unit, { maxLength: 6 }), { maxLength: 100 }), (parts) => {
        const texts = parts.map((part) => part.join(''))
        expect(texts.map(pythonString)).toEqual(reprOf(texts))
      }),
      { numRuns: 4 },
    )
  })

  test('of floats is that of python3', () => {
    const float = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.constantFrom(0.5, 1e-4, 9.9e-5, 1.5e-7, 1e16, 9999999999999998.5, 1e22, 123456.789),
    )
    fc.assert(
      fc.property(fc.array(float, { maxLength: 200 }), (floats) => {
        // JSON has no way to say that 5 is a float
        const fractions = floats.filter((value) => !Number.isInteger(value) || Math.abs(value) >= 1e21)
        expect(fractions.map(pythonFloat)).toEqual(reprOf(fractions))
      }),
      { numRuns: 4 },
    )
  })
})

test.each([
  { value: 5, printed: '5.0' },
  { value: -0, printed: '-0.0' },
  { value: 1e15, printed: '1000000000000000.0' },
  { value: 1e16, printed: '1e+16' },
])('the float $value is printed $printed', ({ value, printed }) => {
  expect(pythonFloat(value)).toBe(printed)
})
