import { describe, expect, test } from 'vitest'
import { judgePut } from '../../../emulator/put-answer.ts'
import { streamWire } from '../../../emulator/stream.ts'

const stream = 'streaming-a1b2c3d4e5f6-pin'
const stored = { SequenceNumber: '49614', ShardId: 'shardId-000000000002' }
const place = { stream, shard: 'shardId-000000000002', sequenceNumber: '49614' }
const throttled = {
  ErrorCode: 'ProvisionedThroughputExceededException',
  ErrorMessage: 'Rate exceeded for shard shardId-000000000002',
}
const answer = (...records: unknown[]): string => JSON.stringify({ FailedRecordCount: 0, Records: records })
const error = (type: string): string => JSON.stringify({ __type: type, message: 'why' })
const judge = (status: number, body: string, count?: number, templateNote?: string) =>
  judgePut({ status, body, templateNote }, { stream, count })

describe('the answer to a put request', () => {
  test.each([
    { what: 'a shard at its limit', status: 400, body: error('ProvisionedThroughputExceededException'), kind: 'retry' },
    {
      what: 'the same from an API that maps every status to 200',
      status: 200,
      body: error('com.amazonaws.kinesis.v20131202#ProvisionedThroughputExceededException'),
      kind: 'retry',
    },
    { what: 'an internal failure', status: 500, body: error('InternalFailure'), kind: 'retry' },
    { what: 'throttling by the gateway', status: 429, body: '{"message":"Too Many Requests"}', kind: 'retry' },
    { what: 'a request timeout', status: 408, body: '', kind: 'retry' },
    { what: 'a Kinesis that is not there', status: 504, body: '{"message": "Network error"}', kind: 'retry' },
    { what: 'an unknown stream', status: 400, body: error('ResourceNotFoundException'), kind: 'refused' },
    { what: 'an unknown stream behind 200', status: 200, body: error('ResourceNotFoundException'), kind: 'refused' },
    { what: 'Data that is not base64', status: 400, body: error('SerializationException'), kind: 'refused' },
    { what: 'a missing path', status: 403, body: '{"message":"Missing Authentication Token"}', kind: 'refused' },
    { what: 'a record that is too large', status: 400, body: error('ValidationException'), kind: 'refused' },
    { what: 'a redirect', status: 301, body: '', kind: 'refused' },
  ])('$status for $what -> $kind, quoted', ({ status, body, kind }) => {
    expect(judge(status, body)).toEqual({ kind, reason: `${String(status)} ${body}` })
  })

  test('reads the shard and sequence number of one record', () => {
    expect(judge(200, JSON.stringify(stored))).toEqual({
      kind: 'records',
      outcomes: [{ kind: 'acknowledged', place }],
    })
  })

  test('reads the outcome of each of many records', () => {
    const refused = { ErrorCode: 'AccessDeniedException', ErrorMessage: 'no' }
    expect(judge(200, answer(stored, throttled, refused, { ErrorCode: 'InternalFailure' }), 4)).toEqual({
      kind: 'records',
      outcomes: [
        { kind: 'acknowledged', place },
        { kind: 'retry', reason: `record error ${throttled.ErrorCode}: ${throttled.ErrorMessage}` },
        { kind: 'refused', reason: 'record error AccessDeniedException: no' },
        { kind: 'retry', reason: 'record error InternalFailure: no text' },
      ],
    })
  })

  test.each([
    { what: 'not JSON', body: '<html>hello</html>' },
    { what: 'JSON of another service', body: '{"offsets":[]}' },
    { what: 'an answer to more records', body: answer(stored, stored) },
    { what: 'an answer to fewer records', body: answer() },
    { what: 'a sequence number of another form', body: answer({ ...stored, SequenceNumber: '0x1' }) },
  ])('200 with $what is refused', ({ body }) => {
    expect(judge(200, body, 1)).toMatchObject({ kind: 'refused' })
  })

  test.each([{ status: 400 }, { status: 500 }])(
    '$status with a note on the template is refused with it',
    ({ status }) => {
      const note = 'application/json template, line 3: Data is JSON text'
      expect(judge(status, '{}', 1, note)).toEqual({
        kind: 'refused',
        reason: `${String(status)} {} (x-pinlab-template: ${note})`,
      })
    },
  )
})

test.each([
  { reason: '403 {"message":"Missing Authentication Token"}', hint: 'lab urls' },
  { reason: '400 {"__type":"ResourceNotFoundException"}', hint: 'lab streams' },
  { reason: '400 {"__type":"SerializationException"} (x-pinlab-template: line 3)', hint: 'mapping template' },
  { reason: '400 {"__type":"SerializationException"}', hint: 'base64' },
  { reason: "400 … at 'partitionKey' failed to satisfy constraint", hint: '--partition-key' },
  { reason: "400 … at 'records.1.member.data' failed to satisfy constraint", hint: '1 MiB' },
  { reason: '400 {"__type":"UnrecognizedClientException"}', hint: 'keys' },
  { reason: '404 {"error_code":404,"message":"HTTP 404 Not Found"}', hint: 'no streams' },
  { reason: '413 {"message":"Request Too Long"}', hint: '--batch' },
  { reason: '418 teapot', hint: 'lab logs kinesis' },
])('the hint for "$reason" names $hint', ({ reason, hint }) => {
  const wire = streamWire({ userId: 'a1b2c3d4e5f6', partitionKey: 'ind', isBatch: false })
  expect(wire.hintFor(reason)).toContain(hint)
})
