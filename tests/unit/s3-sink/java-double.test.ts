import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { javaDouble } from '../../../services/s3-sink/json/java-double.ts'

// texts as Double.toString of Java 17 gave them
describe('javaDouble', () => {
  it.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [-28.0137, '-28.0137'],
    [0.001, '0.001'],
    [9.99e-4, '9.99E-4'],
    [9_999_999, '9999999.0'],
    [10_000_000, '1.0E7'],
    [0.1 + 0.2, '0.30000000000000004'],
    [123_456_789.125, '1.23456789125E8'],
    [1e21, '1.0E21'],
    [1e22, '1.0E22'],
    [1e23, '9.999999999999999E22'],
    [8.59e21, '8.590000000000001E21'],
    [-5_383_181_422_176_253_000, '-5.3831814221762529E18'],
    [1_501_986_820_327_757_820, '1.50198682032775782E18'],
    [-3.583837597333281e25, '-3.583837597333281E25'],
    [5e-324, '4.9E-324'],
    [1e-323, '1.0E-323'],
    [2.2250738585072014e-308, '2.2250738585072014E-308'],
    [1.7976931348623157e308, '1.7976931348623157E308'],
    [Infinity, 'Infinity'],
    [-Infinity, '-Infinity'],
    [NaN, 'NaN'],
  ])('%d is %s', (value, text) => {
    expect(javaDouble(value)).toBe(text)
  })

  it('gives a text that reads back as the same number, of at most 18 digits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = javaDouble(value)
        expect(Number(text)).toBe(value)
        expect(text.replace(/E.*|\D/g, '').replace(/^0+/, '').length).toBeLessThanOrEqual(18)
      }),
      { numRuns: 2_000 },
    )
  })
})
