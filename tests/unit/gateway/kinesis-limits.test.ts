import { expect, it } from 'vitest'
import { kinesisLimitError } from '../../../services/gateway/integrations/kinesis-limits.ts'

const base64Of = (bytes: number): string => Buffer.alloc(bytes, 'a').toString('base64')
const MiB = 1_048_576
const record = (bytes: number, PartitionKey = 'k') => ({ Data: base64Of(bytes), PartitionKey })
const put = (more: object) => ({ StreamName: 's', ...record(1), ...more })
const puts = (Records: object[]) => ({ StreamName: 's', Records })
const short = Array.from({ length: 501 }, () => record(1))

const one = (what: string): string =>
  `1 validation error detected: ${what.replace(': ', ' failed to satisfy constraint: Member must ')}`

it.each([
  { what: 'a record', action: 'PutRecord', request: put({}) },
  { what: '1 MiB with its key', action: 'PutRecord', request: put(record(MiB - 1)) },
  {
    what: 'a byte more',
    action: 'PutRecord',
    request: put(record(MiB)),
    message: one("Value at 'data': have length less than or equal to 1048576"),
  },
  {
    what: 'data alone over 1 MiB',
    action: 'PutRecord',
    request: put(record(MiB + 1)),
    message: one("Value at 'data': have length less than or equal to 1048576"),
  },
  { what: 'a key of 256 characters', action: 'PutRecord', request: put({ PartitionKey: 'k'.repeat(256) }) },
  {
    what: 'a key of 257',
    action: 'PutRecord',
    request: put({ PartitionKey: 'k'.repeat(257) }),
    message: one(`Value '${'k'.repeat(257)}' at 'partitionKey': have length less than or equal to 256`),
  },
  {
    what: 'an empty key',
    action: 'PutRecord',
    request: put({ PartitionKey: '' }),
    message: one("Value '' at 'partitionKey': have length greater than or equal to 1"),
  },
  {
    what: 'a name with a blank',
    action: 'DescribeStream',
    request: { StreamName: 'a b' },
    message: one("Value 'a b' at 'streamName': satisfy regular expression pattern: [a-zA-Z0-9_.-]+"),
  },
  {
    what: 'a name of 129 characters',
    action: 'CreateStream',
    request: { StreamName: 's'.repeat(129), ShardCount: 1 },
    message: one(`Value '${'s'.repeat(129)}' at 'streamName': have length less than or equal to 128`),
  },
  {
    what: 'two faults',
    action: 'PutRecord',
    request: put({ PartitionKey: '', StreamName: 'ü' }),
    message:
      "2 validation errors detected: Value '' at 'partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
      "Value 'ü' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
  },
  { what: '500 records', action: 'PutRecords', request: puts(short.slice(1)) },
  {
    what: '501 records',
    action: 'PutRecords',
    request: puts(short),
    message: one("Value at 'records': have length less than or equal to 500"),
  },
  {
    what: 'no record',
    action: 'PutRecords',
    request: puts([]),
    message: one("Value at 'records': have length greater than or equal to 1"),
  },
  {
    what: 'a long key in the second record',
    action: 'PutRecords',
    request: puts([record(1), record(1, 'k'.repeat(257))]),
    message: one(
      `Value '${'k'.repeat(257)}' at 'records.2.member.partitionKey': have length less than or equal to 256`,
    ),
  },
  {
    what: '10 MiB and a byte',
    action: 'PutRecords',
    request: puts([...Array.from({ length: 10 }, () => record(MiB - 1)), record(0)]),
    type: 'InvalidArgumentException',
    message: 'Records size exceeds 10 MB limit',
  },
  {
    what: 'exactly 10 MiB',
    action: 'PutRecords',
    request: puts(Array.from({ length: 10 }, () => record(MiB - 1))),
  },
  { what: 'what has no members', action: 'PutRecord', request: 'text' },
  { what: 'members of other types', action: 'PutRecord', request: { StreamName: 1, Data: {}, PartitionKey: null } },
])('$what', ({ action, request, message, type = 'ValidationException' }) => {
  const error = kinesisLimitError(action, request)
  if (message === undefined) expect(error).toBeUndefined()
  else expect(JSON.parse(error ?? '{}')).toEqual({ __type: type, message })
})
