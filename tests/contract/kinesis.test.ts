import { cbor, tag } from '@smithy/core/cbor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CreateStreamCommand,
  kinesisClient,
  type KinesisClient,
  PutRecordCommand,
  PutRecordsCommand,
  SubscribeToShardCommand,
} from '../../clients/kinesis.ts'
import { askKinesis, cborType, jsonType, type WireRequest } from '../support/kinesis-wire.ts'
import { startKinesis, type TestKinesis } from '../support/services.ts'

let kinesis: TestKinesis
let client: KinesisClient
const stream = 'contract'

beforeAll(async () => {
  kinesis = await startKinesis({ port: 21_110 })
  client = kinesisClient({ ...kinesis, maxAttempts: 1 })
  await client.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 2 }))
})
afterAll(async () => {
  client.destroy()
  await kinesis[Symbol.asyncDispose]()
})

const detected = (...errors: string[]): string =>
  `${String(errors.length)} validation error${errors.length === 1 ? '' : 's'} detected: ${errors.join('; ')}`
const broken = (value: string, member: string, constraint: string): string =>
  `Value ${value} at '${member}' failed to satisfy constraint: ${constraint}`
const isNull = (member: string): string => broken('null', member, 'Member must not be null')
const namePattern = 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+'
const mebibyte = 1_048_576
const base64 = (bytes: number): string => Buffer.alloc(bytes, 'x').toString('base64')
const lengthOf = (value: string, member: string, bound: 'less' | 'greater', limit: number): string =>
  broken(value, member, `Member must have length ${bound} than or equal to ${String(limit)}`)
const record = { PartitionKey: 'a', Data: 'aGk=' }
const unknownStream = 'Stream nowhere under account 000000000000 not found.'
const longName = 'n'.repeat(129)

/** [what, action, body, __type, message] */
const refusals: readonly (readonly [string, string, object, string, string | RegExp])[] = [
  ['a null name', 'DescribeStream', {}, 'ValidationException', detected(isNull('streamName'))],
  [
    'an invalid name',
    'DescribeStream',
    { StreamName: 'a/b' },
    'ValidationException',
    detected(broken("'a/b'", 'streamName', namePattern)),
  ],
  [
    'an empty name',
    'CreateStream',
    { StreamName: '', ShardCount: 1 },
    'ValidationException',
    detected(broken("''", 'streamName', namePattern), lengthOf("''", 'streamName', 'greater', 1)),
  ],
  [
    'a name of 129 characters',
    'DescribeStream',
    { StreamName: longName },
    'ValidationException',
    detected(lengthOf(`'${longName}'`, 'streamName', 'less', 128)),
  ],
  [
    'no shard at all',
    'CreateStream',
    { StreamName: 'x', ShardCount: 0 },
    'ValidationException',
    detected(broken("'0'", 'shardCount', 'Member must have value greater than or equal to 1')),
  ],
  [
    'missing members, all named',
    'PutRecord',
    {},
    'ValidationException',
    detected(isNull('partitionKey'), isNull('data'), isNull('streamName')),
  ],
  [
    'a missing Data',
    'PutRecord',
    { StreamName: stream, PartitionKey: 'a' },
    'ValidationException',
    detected(isNull('data')),
  ],
  [
    'a missing PartitionKey',
    'PutRecords',
    { StreamName: stream, Records: [record, { Data: 'aGk=' }] },
    'ValidationException',
    detected(isNull('records.2.member.partitionKey')),
  ],
  [
    'a key of 257 characters',
    'PutRecord',
    { StreamName: stream, ...record, PartitionKey: 'k'.repeat(257) },
    'ValidationException',
    detected(lengthOf(`'${'k'.repeat(257)}'`, 'partitionKey', 'less', 256)),
  ],
  [
    'an empty key',
    'PutRecord',
    { StreamName: stream, ...record, PartitionKey: '' },
    'ValidationException',
    detected(lengthOf("''", 'partitionKey', 'greater', 1)),
  ],
  [
    '1 MiB + 1 byte of data',
    'PutRecord',
    { StreamName: stream, ...record, Data: base64(mebibyte + 1) },
    'ValidationException',
    `1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have length less than or equal to 1048576`,
  ],
  [
    '1 MiB of data and a key',
    'PutRecord',
    { StreamName: stream, ...record, Data: base64(mebibyte) },
    'ValidationException',
    `1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have length less than or equal to 1048576`,
  ],
  [
    '1 MiB + 1 byte among others',
    'PutRecords',
    { StreamName: stream, Records: [record, { ...record, Data: base64(mebibyte) }] },
    'ValidationException',
    `1 validation error detected: Value at 'records.2.member.data' failed to satisfy constraint: Member must have length less than or equal to 1048576`,
  ],
  [
    '501 records',
    'PutRecords',
    { StreamName: stream, Records: Array.from({ length: 501 }, () => record) },
    'ValidationException',
    `1 validation error detected: Value at 'records' failed to satisfy constraint: Member must have length less than or equal to 500`,
  ],
  [
    'no records',
    'PutRecords',
    { StreamName: stream, Records: [] },
    'ValidationException',
    `1 validation error detected: Value at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1`,
  ],
  [
    'more than ten errors: AWS stops at ten',
    'PutRecords',
    { Records: Array.from({ length: 20 }, () => ({})) },
    'ValidationException',
    detected(
      ...[1, 2, 3, 4, 5].flatMap((place) => [
        isNull(`records.${String(place)}.member.partitionKey`),
        isNull(`records.${String(place)}.member.data`),
      ]),
    ),
  ],
  [
    'PutRecords over 10 MiB',
    'PutRecords',
    { StreamName: stream, Records: Array.from({ length: 11 }, () => ({ ...record, Data: base64(mebibyte - 1) })) },
    'InvalidArgumentException',
    'Records size exceeds 10 MB limit',
  ],
  [
    'a hash key past 2^128 - 1',
    'PutRecord',
    { StreamName: stream, ...record, ExplicitHashKey: String(2n ** 128n) },
    'InvalidArgumentException',
    `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${String(2n ** 128n)}`,
  ],
  [
    'a hash key with a leading zero',
    'PutRecord',
    { StreamName: stream, ...record, ExplicitHashKey: '01' },
    'ValidationException',
    detected(broken("'01'", 'explicitHashKey', 'Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})')),
  ],
  [
    'an unknown stream, PutRecord',
    'PutRecord',
    { StreamName: 'nowhere', ...record },
    'ResourceNotFoundException',
    unknownStream,
  ],
  [
    'an unknown stream, PutRecords',
    'PutRecords',
    { StreamName: 'nowhere', Records: [record] },
    'ResourceNotFoundException',
    unknownStream,
  ],
  [
    'an unknown stream, DescribeStream',
    'DescribeStream',
    { StreamName: 'nowhere' },
    'ResourceNotFoundException',
    unknownStream,
  ],
  [
    'an unknown stream, DeleteStream',
    'DeleteStream',
    { StreamName: 'nowhere' },
    'ResourceNotFoundException',
    unknownStream,
  ],
  [
    'an ARN of another account',
    'DescribeStream',
    { StreamARN: `arn:aws:kinesis:us-east-1:111111111111:stream/${stream}` },
    'ResourceNotFoundException',
    `Stream ${stream} under account 111111111111 not found.`,
  ],
  [
    'no ARN',
    'DescribeStream',
    { StreamARN: 'arn' },
    'ValidationException',
    detected(
      broken(
        "'arn'",
        'streamARN',
        'Member must satisfy regular expression pattern: arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+',
      ),
    ),
  ],
  [
    'a stream that is there',
    'CreateStream',
    { StreamName: stream, ShardCount: 1 },
    'ResourceInUseException',
    `Stream ${stream} under account 000000000000 already exists.`,
  ],
  [
    'an unknown shard',
    'GetShardIterator',
    { StreamName: stream, ShardId: 'shardId-000000000009', ShardIteratorType: 'LATEST' },
    'ResourceNotFoundException',
    `Shard shardId-000000000009 in stream ${stream} under account 000000000000 does not exist`,
  ],
  [
    'a text that is no shard id',
    'GetShardIterator',
    { StreamName: stream, ShardId: 'shard', ShardIteratorType: 'LATEST' },
    'ResourceNotFoundException',
    `Could not find shard shard in stream ${stream} under account 000000000000.`,
  ],
  [
    'an unknown iterator type',
    'GetShardIterator',
    { StreamName: stream, ShardId: 'shardId-000000000000', ShardIteratorType: 'NOW' },
    'ValidationException',
    detected(
      broken(
        "'NOW'",
        'shardIteratorType',
        'Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]',
      ),
    ),
  ],
  [
    'an iterator type without its number',
    'GetShardIterator',
    { StreamName: stream, ShardId: 'shardId-000000000000', ShardIteratorType: 'AT_SEQUENCE_NUMBER' },
    'InvalidArgumentException',
    'Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber.',
  ],
  [
    'an iterator type without its time',
    'GetShardIterator',
    { StreamName: stream, ShardId: 'shardId-000000000000', ShardIteratorType: 'AT_TIMESTAMP' },
    'InvalidArgumentException',
    'Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.',
  ],
  [
    'a time to come',
    'GetShardIterator',
    { StreamName: stream, ShardId: 'shardId-000000000000', ShardIteratorType: 'AT_TIMESTAMP', Timestamp: 1e10 },
    'InvalidArgumentException',
    /^The timestampInMillis parameter cannot be greater than the currentTimestampInMillis\. timestampInMillis: 10000000000000, currentTimestampInMillis: \d+$/,
  ],
  [
    'a text that is no iterator',
    'GetRecords',
    { ShardIterator: 'AAAA' },
    'InvalidArgumentException',
    'Invalid ShardIterator.',
  ],
  [
    'more than 10,000 records',
    'GetRecords',
    { ShardIterator: 'AAAA', Limit: 10_001 },
    'ValidationException',
    detected(broken("'10001'", 'limit', 'Member must have value less than or equal to 10000')),
  ],
  [
    'neither name nor token',
    'ListShards',
    {},
    'InvalidArgumentException',
    'Either NextToken or StreamName should be provided.',
  ],
  [
    'both name and token',
    'ListShards',
    { StreamName: stream, NextToken: 'x' },
    'InvalidArgumentException',
    'NextToken and StreamName cannot be provided together.',
  ],
  ['a text that is no token', 'ListShards', { NextToken: 'x' }, 'InvalidArgumentException', 'NextToken is invalid.'],
  [
    'a text that is no token of streams',
    'ListStreams',
    { NextToken: 'x' },
    'InvalidArgumentException',
    'NextToken is invalid.',
  ],
  [
    'a retention below a day',
    'DecreaseStreamRetentionPeriod',
    { StreamName: stream, RetentionPeriodHours: 23 },
    'InvalidArgumentException',
    'Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.',
  ],
  [
    'a tag with a character that none may have',
    'AddTagsToStream',
    { StreamName: stream, Tags: { 'a;b': 'c' } },
    'InvalidArgumentException',
    `Failed to add tags to stream ${stream} under account 000000000000 because some tags contained illegal characters. The allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'.`,
  ],
  [
    'an empty tag key',
    'AddTagsToStream',
    { StreamName: stream, Tags: { '': 'c' } },
    'ValidationException',
    detected(
      broken(
        "'{=c}'",
        'tags',
        'Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]',
      ),
    ),
  ],
  [
    'a stream on demand',
    'CreateStream',
    { StreamName: 'x', StreamModeDetails: { StreamMode: 'ON_DEMAND' } },
    'InvalidArgumentException',
    'pinlab does not emulate streams on demand.',
  ],
  [
    'a member that would not be obeyed',
    'CreateStream',
    { StreamName: 'x', ShardCount: 1, MaxRecordSizeInKiB: 2_048 },
    'InvalidArgumentException',
    'pinlab does not emulate MaxRecordSizeInKiB.',
  ],
  [
    'a text for a number',
    'DescribeStream',
    { StreamName: stream, Limit: '3' },
    'SerializationException',
    'STRING_VALUE can not be converted to an Integer',
  ],
  [
    'a number for a text',
    'DescribeStream',
    { StreamName: 3 },
    'SerializationException',
    'NUMBER_VALUE can not be converted to a String',
  ],
  [
    'a truth for a text',
    'DescribeStream',
    { StreamName: true },
    'SerializationException',
    'TRUE_VALUE can not be converted to a String',
  ],
  [
    'a list for a text',
    'DescribeStream',
    { StreamName: [] },
    'SerializationException',
    'Start of list found where not expected',
  ],
  [
    'a structure for a text',
    'DescribeStream',
    { StreamName: {} },
    'SerializationException',
    'Start of structure or map found where not expected.',
  ],
  [
    'a text for a list',
    'PutRecords',
    { StreamName: stream, Records: 'x' },
    'SerializationException',
    'Expected list or null',
  ],
  [
    'a text for a record',
    'PutRecords',
    { StreamName: stream, Records: ['x'] },
    'SerializationException',
    'Expected null',
  ],
  [
    'a text for a map',
    'AddTagsToStream',
    { StreamName: stream, Tags: 'x' },
    'SerializationException',
    'Expected map or null',
  ],
  [
    'a text for a time',
    'ListShards',
    { StreamName: stream, StreamCreationTimestamp: '2026-01-01' },
    'SerializationException',
    'STRING_VALUE can not be converted to milliseconds since epoch',
  ],
  [
    'JSON in place of base64, of the wrong length',
    'PutRecord',
    { StreamName: stream, ...record, Data: '{"index":1}' },
    'SerializationException',
    `'{"index":1}' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 11`,
  ],
  [
    'JSON in place of base64, of the right length',
    'PutRecord',
    { StreamName: stream, ...record, Data: '{"index":12}' },
    'SerializationException',
    `'{"index":12}' can not be converted to a Blob: Invalid Base64 character: '{'`,
  ],
  [
    "base64 of the URL's alphabet",
    'PutRecord',
    { StreamName: stream, ...record, Data: '__--' },
    'SerializationException',
    `'__--' can not be converted to a Blob: Invalid Base64 character: '_'`,
  ],
  [
    'base64 that begins with padding',
    'PutRecord',
    { StreamName: stream, ...record, Data: '=+/=' },
    'SerializationException',
    `'=+/=' can not be converted to a Blob: Invalid Base64 character: '='`,
  ],
  [
    'base64 with bits left over',
    'PutRecord',
    { StreamName: stream, ...record, Data: '+/+=' },
    'SerializationException',
    `'+/+=' can not be converted to a Blob: Invalid last non-pad Base64 character dectected`,
  ],
  [
    'a number for a blob',
    'PutRecord',
    { StreamName: stream, ...record, Data: 23 },
    'SerializationException',
    'NUMBER_VALUE can not be converted to a Blob',
  ],
]

describe('a refused request', () => {
  it.each(refusals)('%s: %s', async (_what, action, body, type, message) => {
    const answer = await askKinesis(kinesis, { action, body })

    expect(answer.status).toBe(400)
    expect(answer.headers['content-type']).toBe(jsonType)
    expect(answer.body).toEqual({
      __type: type,
      message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
    })
  })

  it('has the ids that AWS gives every answer', async () => {
    const { headers } = await askKinesis(kinesis, { action: 'DescribeStream', body: {} })

    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers['x-amz-id-2']).toMatch(/^[A-Za-z0-9+/]{60,}$/)
  })
})

/** [what, request, status, __type, message] */
const protocol: readonly (readonly [string, WireRequest, number, string, string | undefined])[] = [
  ['no JSON', { action: 'ListStreams', body: '{"Limit":' }, 400, 'SerializationException', undefined],
  ['no object', { action: 'ListStreams', body: '3' }, 400, 'SerializationException', undefined],
  [
    'a list',
    { action: 'ListStreams', body: '[]' },
    400,
    'SerializationException',
    'Start of list found where not expected',
  ],
  ['nothing', { action: 'ListStreams', body: '' }, 400, 'SerializationException', undefined],
  [
    'no UTF-8',
    { action: 'ListStreams', body: Buffer.from([0x7b, 0xff, 0x7d]) },
    400,
    'SerializationException',
    undefined,
  ],
  [
    'absurd nesting',
    { action: 'ListStreams', body: `{"a":${'['.repeat(1e6)}` },
    400,
    'SerializationException',
    undefined,
  ],
  [
    'an unknown action',
    { action: 'PutRecordz', body: {} },
    400,
    'UnknownOperationException',
    'There is no operation Kinesis_20131202.PutRecordz.',
  ],
  [
    'another service',
    { target: 'DynamoDB_20120810.ListTables', body: {} },
    400,
    'UnknownOperationException',
    'There is no operation DynamoDB_20120810.ListTables.',
  ],
  [
    'an action that is not emulated',
    { action: 'RegisterStreamConsumer', body: {} },
    400,
    'UnknownOperationException',
    'pinlab does not emulate RegisterStreamConsumer.',
  ],
  [
    'another content type',
    { action: 'ListStreams', contentType: 'text/plain', body: {} },
    400,
    'UnknownOperationException',
    'The content type must be application/x-amz-json-1.1 or application/x-amz-cbor-1.1.',
  ],
  [
    'no action',
    { target: null, body: {} },
    403,
    'AccessDeniedException',
    'Unable to determine service/operation name to be authorized',
  ],
  [
    'another method',
    { method: 'PUT', action: 'ListStreams', body: {} },
    403,
    'AccessDeniedException',
    'Unable to determine service/operation name to be authorized',
  ],
  [
    'a body of more than 16 MiB',
    { action: 'PutRecords', body: Buffer.alloc(16 * mebibyte + 1, ' ') },
    413,
    'RequestEntityTooLarge',
    'A request may have at most 16777216 bytes.',
  ],
]

it.each(protocol)('answers %s', async (_what, question, status, type, message) => {
  const answer = await askKinesis(kinesis, question)

  expect({ status: answer.status, body: answer.body }).toEqual({
    status,
    body: message === undefined ? { __type: type } : { __type: type, message },
  })
})

it('takes a content type with parameters and blanks', async () => {
  const question = { action: 'ListStreams', contentType: ' Application/X-Amz-Json-1.1 ; charset=utf-8', body: {} }

  expect((await askKinesis(kinesis, question)).status).toBe(200)
})

const dated = (headers: Record<string, string>, ms: number): Record<string, string> => ({
  ...headers,
  'x-amz-date': new Date(Date.now() + ms).toISOString().replace(/[-:]|\.\d+/g, ''),
})
const edited =
  (from: RegExp, to: string) =>
  (headers: Record<string, string>): Record<string, string> => ({
    ...headers,
    authorization: headers['authorization']!.replace(from, to),
  })

/** [what, change to signed headers, __type, message] */
const signatures: readonly (readonly [string, NonNullable<WireRequest['alter']>, string, RegExp])[] = [
  [
    'no signature',
    (headers) => ({ ...headers, authorization: undefined }),
    'MissingAuthenticationTokenException',
    /^Missing Authentication Token$/,
  ],
  [
    'a header that is none',
    (headers) => ({ ...headers, authorization: 'X', 'x-amz-date': undefined }),
    'IncompleteSignatureException',
    /^Authorization header requires 'Credential' parameter\. Authorization header requires 'Signature' parameter\. Authorization header requires 'SignedHeaders' parameter\. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header\. Authorization=X$/,
  ],
  [
    'a signature without its headers',
    edited(/, SignedHeaders=[^,]+/, ''),
    'IncompleteSignatureException',
    /^Authorization header requires 'SignedHeaders' parameter\. Authorization=AWS4-HMAC-SHA256 /,
  ],
  [
    'a scope that is not whole',
    edited(/\/aws4_request/, ''),
    'IncompleteSignatureException',
    /^Credential must have exactly 5 slash-delimited elements/,
  ],
  [
    'an unknown key',
    edited(/LABTESTACCESSKEY0001/, 'LABTESTACCESSKEY0002'),
    'UnrecognizedClientException',
    /^The security token included in the request is invalid\.$/,
  ],
  [
    'a signature that is not its own',
    edited(/Signature=.{8}/, 'Signature=00000000'),
    'InvalidSignatureException',
    /^The request signature we calculated does not match the signature you provided\. Check your AWS Secret Access Key and signing method\. Consult the service documentation for details\.\n\nThe Canonical String for this request should have been\n'POST\n\/\n\n/,
  ],
  [
    'a header changed on the way',
    (headers) => ({ ...headers, 'x-amz-target': 'Kinesis_20131202.DeleteStream' }),
    'InvalidSignatureException',
    /^The request signature we calculated does not match/,
  ],
  [
    'another region',
    edited(/us-east-1/, 'eu-west-1'),
    'InvalidSignatureException',
    /^Credential should be scoped to a valid region\. $/,
  ],
  [
    'another service',
    edited(/\/kinesis\//, '/s3/'),
    'InvalidSignatureException',
    /^Credential should be scoped to correct service: 'kinesis'\. $/,
  ],
  [
    'a host that is not signed',
    edited(/host;/, ''),
    'InvalidSignatureException',
    /^'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization\.$/,
  ],
  [
    'another day',
    (headers) => dated(headers, -2 * 86_400_000),
    'InvalidSignatureException',
    /^Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '\d{8}' != '\d{8}', from '\d{8}T\d{6}Z'\.$/,
  ],
]

describe('a signature', () => {
  it.each(signatures)('%s', async (_what, alter, type, message) => {
    const answer = await askKinesis(kinesis, { action: 'ListStreams', body: {}, alter })

    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ __type: type, message: expect.stringMatching(message) as string })
  })

  it('covers the body', async () => {
    const signed = kinesisClient({ ...kinesis, secretAccessKey: 'another', maxAttempts: 1 })
    await expect(
      signed.send(new PutRecordCommand({ StreamName: stream, Data: Buffer.from('x'), PartitionKey: 'a' })),
    ).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    })
    signed.destroy()
  })
})

describe('CBOR', () => {
  const ask = async (action: string, body: object) => {
    const answer = await askKinesis(kinesis, { action, contentType: cborType, body: Buffer.from(cbor.serialize(body)) })
    expect(answer.headers['content-type']).toBe(cborType)
    return {
      status: answer.status,
      body: answer.bytes.length === 0 ? undefined : (cbor.deserialize(answer.bytes) as object),
    }
  }

  it('carries bytes as bytes and times as milliseconds', async () => {
    const Data = Buffer.from([0, 1, 254, 255])
    await ask('CreateStream', { StreamName: 'cbor', ShardCount: 1 })
    const put = await ask('PutRecord', { StreamName: 'cbor', Data, PartitionKey: 'ключ' })
    const { body: iterator } = await ask('GetShardIterator', {
      StreamName: 'cbor',
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'AT_TIMESTAMP',
      Timestamp: tag({ tag: 1, value: Date.now() - 60_000 }),
    })
    const { body: page } = await ask('GetRecords', iterator!)

    expect(put.body).toMatchObject({ ShardId: 'shardId-000000000000' })
    const [read] = (page as { Records: Record<string, unknown>[] }).Records
    expect(read).toMatchObject({ PartitionKey: 'ключ' })
    expect(Buffer.from(read?.['Data'] as Uint8Array)).toEqual(Data)
    const time = read?.['ApproximateArrivalTimestamp'] as { tag: number; value: number }
    expect(time.tag).toBe(1)
    expect(Math.abs(Date.now() - time.value)).toBeLessThan(60_000)
  })

  it('refuses in CBOR', async () => {
    expect(await ask('DescribeStream', {})).toEqual({
      status: 400,
      body: { __type: 'ValidationException', message: detected(isNull('streamName')) },
    })
  })

  it.each([
    ['no CBOR', Buffer.from([0xff])],
    ['a list that says it is endless', Buffer.from([0x9a, 0xff, 0xff, 0xff, 0xff])],
    ['nothing', Buffer.alloc(0)],
  ])('answers %s', async (_what, body) => {
    const answer = await askKinesis(kinesis, { action: 'ListStreams', contentType: cborType, body })
    expect(answer.status).toBe(400)
    expect(cbor.deserialize(answer.bytes)).toEqual({ __type: 'SerializationException' })
  })
})

describe('the JavaScript SDK, over HTTP/2', () => {
  it('gets the errors by name', async () => {
    const Records = Array.from({ length: 501 }, () => ({ Data: Buffer.from('x'), PartitionKey: 'a' }))
    await expect(client.send(new PutRecordsCommand({ StreamName: stream, Records }))).rejects.toMatchObject({
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
    })
    await expect(
      client.send(
        new SubscribeToShardCommand({ ConsumerARN: 'arn', ShardId: 'a', StartingPosition: { Type: 'LATEST' } }),
      ),
    ).rejects.toThrow('pinlab does not emulate SubscribeToShard.')
  })

  it('puts 10 MiB at once', async () => {
    const Records = Array.from({ length: 10 }, (_, index) => ({
      Data: Buffer.alloc(mebibyte - 1, index),
      PartitionKey: String(index),
    }))
    const answer = await client.send(new PutRecordsCommand({ StreamName: stream, Records }))
    expect(answer.FailedRecordCount).toBe(0)
  })
})

it('answers GET /health', async () => {
  const answer = await fetch(`${kinesis.endpoint}/health`)
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
})
