import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { isSurelyWithinLimits } from '../../../services/gateway/integrations/kinesis-bounds.ts'
import { kinesisLimitError } from '../../../services/gateway/integrations/kinesis-limits.ts'

const record = (key: unknown): object => ({ Data: 'YQ==', PartitionKey: key })
const isSure = (request: unknown, indent = 0): boolean =>
  isSurelyWithinLimits(Buffer.from(JSON.stringify(request, undefined, indent)))

test.each([
  ['one record', { StreamName: 's', ...record('k') }],
  ['500 records', { StreamName: 's', Records: Array.from({ length: 500 }, () => record('k')) }],
  ['a key of 256 characters', record('k'.repeat(256))],
  ['no record', { Limit: 1 }],
])('%s is within the limits for sure', (_what, request) => {
  expect([isSure(request), isSure(request, 2)]).toEqual([true, true])
})

test.each([
  ['501 records', { Records: Array.from({ length: 501 }, () => record('k')) }],
  ['no record in a list', { StreamName: 's', Records: [] }],
  ['an empty key', { Records: [record('k'), record('')] }],
  ['a key of 257 characters', record('k'.repeat(257))],
  ['a name that is none', { StreamName: 'a b', ...record('k') }],
  ['a name of 129 characters', { StreamName: 's'.repeat(129) }],
  ['more than a record may have', { Data: 'a'.repeat(1_500_000), PartitionKey: 'k' }],
])('%s is left to the parser', (_what, request) => {
  expect([isSure(request), isSure(request, 2)]).toEqual([false, false])
})

it('leaves a member whose name is escaped to the parser', () => {
  expect(isSurelyWithinLimits(Buffer.from('{"Partition\\u004bey":""}'))).toBe(false)
})

it('is never sure of what the parser refuses', () => {
  const key = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 4 }),
    fc.constantFrom('k'.repeat(256), 'k'.repeat(257), 'é'.repeat(200), '"PartitionKey":"a"', '{', '[]'),
    fc.integer(),
  )
  const name = fc.oneof(fc.string({ maxLength: 3 }), fc.constant('s'))
  const one = fc.record({ Data: fc.string({ maxLength: 4 }), PartitionKey: key }, { requiredKeys: [] })
  const request = fc.oneof(
    fc.tuple(fc.constant('PutRecord'), fc.record({ StreamName: name, Data: fc.constant(''), PartitionKey: key })),
    fc.tuple(fc.constant('PutRecords'), fc.record({ StreamName: name, Records: fc.array(one, { maxLength: 3 }) })),
  )
  fc.assert(
    fc.property(request, fc.constantFrom(0, 2), ([action, members], indent) => {
      if (isSure(members, indent)) expect(kinesisLimitError(action, members)).toBeUndefined()
    }),
  )
})
