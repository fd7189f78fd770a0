import { describe, expect, test } from 'vitest'
import { batchWire } from '../../../emulator/batch.ts'
import { judgeProduce } from '../../../emulator/produce-answer.ts'

const answer = (...offsets: unknown[]): string =>
  JSON.stringify({ offsets, key_schema_id: null, value_schema_id: null })
const topic = 'a1b2c3d4e5f6.pin'
const of = (count: number, isKnownTopic = false) => ({ topic, count, isKnownTopic })
const stored = { partition: 2, offset: 41, error_code: null, error: null }

describe('the answer to a produce request', () => {
  test.each([
    { what: 'a request timeout', status: 408, kind: 'retry' },
    { what: 'throttling', status: 429, kind: 'retry' },
    { what: 'a Kafka error', status: 500, kind: 'retry' },
    { what: 'a gateway without its integration', status: 502, kind: 'retry' },
    { what: 'a broker that is not there', status: 503, kind: 'retry' },
    { what: "the gateway's integration timeout", status: 504, kind: 'retry' },
    { what: 'malformed JSON', status: 400, kind: 'refused' },
    { what: 'a missing path', status: 403, kind: 'refused' },
    { what: 'a missing topic', status: 404, kind: 'refused' },
    { what: 'a large request', status: 413, kind: 'refused' },
    { what: 'a wrong content type', status: 415, kind: 'refused' },
    { what: 'a missing envelope', status: 422, kind: 'refused' },
    { what: 'a redirect', status: 301, kind: 'refused' },
  ])('$status, $what -> $kind, quoting the answer', ({ status, kind }) => {
    expect(judgeProduce(status, '{"message":"why"}', of(1))).toEqual({
      kind,
      reason: `${String(status)} {"message":"why"}`,
    })
  })

  test('reads the partition and offset of each record', () => {
    expect(judgeProduce(200, answer(stored, { ...stored, offset: 42 }), of(2))).toEqual({
      kind: 'records',
      outcomes: [
        { kind: 'acknowledged', place: { topic, partition: 2, offset: 41 } },
        { kind: 'acknowledged', place: { topic, partition: 2, offset: 42 } },
      ],
    })
  })

  test.each([
    { code: 50_003, kind: 'retry' },
    { code: 2, kind: 'retry' },
    { code: 50_002, kind: 'refused' },
    { code: 1, kind: 'refused' },
    { code: 40_301, kind: 'refused' },
  ])('record error $code -> $kind', ({ code, kind }) => {
    const failed = { partition: null, offset: null, error_code: code, error: 'text' }
    expect(judgeProduce(200, answer(failed), of(1))).toEqual({
      kind: 'records',
      outcomes: [{ kind, reason: `record error ${String(code)}: text` }],
    })
  })

  test.each([
    { what: 'not JSON', body: '<html>hello</html>' },
    { what: 'JSON of another service', body: '{"ok":true}' },
    { what: 'an answer to more records', body: answer(stored, stored) },
  ])('200 with $what is refused', ({ body }) => {
    expect(judgeProduce(200, body, of(1))).toMatchObject({ kind: 'refused' })
  })

  test.each([
    { what: 'a topic that was never there', body: '{"error_code":40401}', isKnownTopic: false, kind: 'refused' },
    { what: 'a topic that was there before', body: '{"error_code":40401}', isKnownTopic: true, kind: 'retry' },
    {
      what: 'a produce timeout',
      body: '{"error_code":40401,"message":"Topic t not present in metadata after 60000 ms."}',
      isKnownTopic: false,
      kind: 'retry',
    },
  ])('404 for $what -> $kind', ({ body, isKnownTopic, kind }) => {
    expect(judgeProduce(404, body, of(1, isKnownTopic))).toMatchObject({ kind })
  })

  test('a record with neither offset nor error is refused', () => {
    expect(judgeProduce(200, answer({ partition: null, offset: null, error_code: null }), of(1))).toMatchObject({
      outcomes: [{ kind: 'refused' }],
    })
  })

  test('a long answer is quoted in part', () => {
    const verdict = judgeProduce(400, 'x'.repeat(100_000), of(1))
    expect(verdict.kind === 'refused' && verdict.reason.length).toBeLessThan(1_000)
  })
})

test.each([
  { reason: '403 {"message":"Missing Authentication Token"}', hint: 'lab urls' },
  { reason: '404 {"error_code":40401,"message":"Topic not found"}', hint: 'lab topics' },
  { reason: '413 {"message":"Request Too Long"}', hint: '--batch' },
  { reason: '418 teapot', hint: 'lab logs' },
])('the hint for "$reason" names $hint', ({ reason, hint }) => {
  expect(batchWire('a1b2c3d4e5f6').hintFor(reason)).toContain(hint)
})
