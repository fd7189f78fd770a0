import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Output } from '../../../../services/gateway/vtl/render/output.ts'

const part = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom('é', 'aé', 'éa', '€', '😀', '\ud83d', '\ude00', ''),
)

it('is the same text in bytes, whatever stands where two parts meet', () => {
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const output = new Output()
      for (const [index, text] of parts.entries()) output.write(text, index)
      expect(output.text).toBe(parts.join(''))
      expect(output.toBytes()).toEqual(Buffer.from(parts.join('')))
    }),
    { numRuns: 500 },
  )
})
