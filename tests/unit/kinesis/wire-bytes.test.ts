import fc from 'fast-check'
import { expect, it } from 'vitest'
import { blobOf } from '../../../services/kinesis/members/blob.ts'
import { RecordsAnswer } from '../../../services/kinesis/protocol/records-answer.ts'

const record = fc.record({
  sequenceNumber: fc.bigInt({ min: 1n, max: 10n ** 56n }).map(String),
  arrivedAtMs: fc.integer({ min: 0, max: 4e12 }),
  data: fc.uint8Array({ maxLength: 40 }),
  // Whole characters, controls and halves of surrogate pairs: JSON.stringify escapes what cannot be written.
  partitionKey: fc.string({
    unit: fc.oneof(fc.constantFrom('"', '\\', '\u0000', 'ü', '漢', '😀', '\ud800'), fc.string()),
    maxLength: 256,
  }),
})

it('writes read records as JSON.stringify would', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), fc.option(fc.string(), { nil: undefined }), (records, iterator) => {
      const rest = { NextShardIterator: iterator, MillisBehindLatest: iterator === undefined ? undefined : 0 }
      const written: unknown = JSON.parse(new RecordsAnswer(records, rest).toJsonBytes().toString())
      const expected = {
        Records: records.map(({ sequenceNumber, arrivedAtMs, data, partitionKey }) => ({
          SequenceNumber: sequenceNumber,
          ApproximateArrivalTimestamp: arrivedAtMs / 1_000,
          PartitionKey: partitionKey,
          Data: Buffer.from(data).toString('base64'),
        })),
        ...rest,
      }
      expect(written).toEqual(JSON.parse(JSON.stringify(expected)))
    }),
  )
})

it('takes the base64 of any bytes, and no text that is not exactly that', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(Buffer.from(blobOf(Buffer.from(bytes).toString('base64')))).toEqual(Buffer.from(bytes))
    }),
  )
  const nearlyBase64 = fc.string({
    unit: fc.constantFrom('A', 'Q', 'g', 'w', '+', '/', '=', '-', '_', ' ', '{'),
    minLength: 1,
    maxLength: 12,
  })
  fc.assert(
    fc.property(nearlyBase64, (text) => {
      const isExact = Buffer.from(text, 'base64').toString('base64') === text
      if (isExact) expect(Buffer.from(blobOf(text)).toString('base64')).toBe(text)
      else expect(() => blobOf(text)).toThrow(expect.objectContaining({ name: 'SerializationException' }) as Error)
    }),
    { numRuns: 2_000 },
  )
})
