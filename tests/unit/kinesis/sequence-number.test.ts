import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { closedIndex, parseSequenceNumber, sequenceNumbers } from '../../../services/kinesis/streams/sequence-number.ts'

const parts = fc.record({
  openedAtSec: fc.integer({ min: 1_400_000_000, max: 4_000_000_000 }),
  shardIndex: fc.nat(0x7fff_ffff),
  recordIndex: fc.nat({ max: 2 ** 48 - 1 }),
  laterMs: fc.nat(1_000_000_000),
})

describe('sequence numbers', () => {
  it.each([
    {
      text: '49546986683135544286507457936321625675700192471156785154',
      openedAtSec: 1_421_279_230,
      shardIndex: 0,
      recordIndex: 469,
      arrivedAtSec: 1_421_279_386,
    },
    {
      text: '49590338271490256608559692538361571095921575989136588898',
      openedAtSec: 1_542_776_258,
      shardIndex: 6,
      recordIndex: 1_734_642_199,
      arrivedAtSec: 1_545_084_650,
    },
    {
      text: '49600871682957036442365024926191073437251060580128653314',
      openedAtSec: 1_572_297_165,
      shardIndex: 0,
      recordIndex: 0,
      arrivedAtSec: 1_572_297_165,
    },
  ])('reads and writes $text, which AWS documents', ({ text, ...parts }) => {
    expect(parseSequenceNumber(text)).toEqual(parts)
    expect(sequenceNumbers(parts)(parts.recordIndex, parts.arrivedAtSec * 1_000)).toBe(text)
  })

  it.each([
    { what: 'no number', text: 'x'.repeat(56) },
    { what: 'zero', text: '0' },
    { what: 'a digit short', text: '4954698668313554428650745793632162567570019247115678515' },
    { what: 'another version', text: '49546986683135544286507457936321625675700192471156785153' },
    { what: 'a leading zero', text: '04954698668313554428650745793632162567570019247115678515' },
    { what: 'above the layout', text: '9'.repeat(56) },
  ])('takes no other text: $what', ({ text }) => {
    expect(parseSequenceNumber(text)).toBeUndefined()
  })

  it('ends a closed shard above every record of it', () => {
    const number = sequenceNumbers({ openedAtSec: 1_795_571_596, shardIndex: 2 })
    const ending = number(closedIndex, 1_795_571_596_000)
    expect(BigInt(ending)).toBeGreaterThan(BigInt(number(2 ** 48 - 1, 1_999_999_999_999)))
    expect(parseSequenceNumber(ending)?.recordIndex).toBe(closedIndex)
  })
})

test('what is written is read back', () => {
  fc.assert(
    fc.property(parts, (given) => {
      const text = sequenceNumbers(given)(given.recordIndex, given.openedAtSec * 1_000 + given.laterMs)
      expect(text).toMatch(/^\d{56}$/)
      expect(parseSequenceNumber(text)).toEqual({
        openedAtSec: given.openedAtSec,
        shardIndex: given.shardIndex,
        recordIndex: given.recordIndex,
        arrivedAtSec: given.openedAtSec + Math.floor(given.laterMs / 1_000),
      })
    }),
  )
})

test('within a shard the record index orders them, whatever the clock does; a shard opened later is above', () => {
  fc.assert(
    fc.property(parts, fc.integer(), fc.integer({ min: 1, max: 1_000 }), (given, clockMs, step) => {
      const number = sequenceNumbers(given)
      const earlier = number(given.recordIndex, given.openedAtSec * 1_000 + given.laterMs)
      expect(number(given.recordIndex + step, clockMs) > earlier).toBe(true)
      const later = sequenceNumbers({ ...given, openedAtSec: given.openedAtSec + step })
      expect(later(0, clockMs) > number(closedIndex, given.openedAtSec * 1_000)).toBe(true)
    }),
  )
})
