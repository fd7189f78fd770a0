import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { gatewayErrors } from '../../contract/wire-errors.ts'
import { startKinesisLab, untilActive, type KinesisLab } from '../integration/gateway/kinesis-fixture.ts'

/** The Kinesis routes of api.yaml against the real service behind them: what a client gets is Kinesis's own answer. */

const stream = 'streaming-a1b2c3d4e5f6-pin'
const row = { ind: 7_528, title: 'Fünf "Ideen"\n', follower_count: '124k', timestamp: '2018-08-28T20:52:51' }
const MiB = 1_048_576

let lab: KinesisLab
beforeAll(async () => {
  lab = await startKinesisLab()
  await lab.createStream(stream, 1)
})
afterAll(() => lab[Symbol.asyncDispose]())

let streams = 0
async function freshStream(): Promise<string> {
  streams += 1
  const name = `fresh-${String(streams)}`
  await lab.createStream(name)
  return name
}

describe('records', () => {
  test('PutRecord as the course’s script sends it: the record is the row’s JSON', async () => {
    const name = await freshStream()
    const answer = await lab.put(`/streams/${name}/record`, {
      StreamName: name,
      Data: row,
      PartitionKey: 'partition-1',
    })
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({
      ShardId: 'shardId-000000000000',
      SequenceNumber: expect.stringMatching(/^\d{56}$/) as string,
    })
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect((await lab.stored(name)).map((text) => JSON.parse(text) as unknown)).toEqual([row])
  })

  test('PutRecords: an object’s data stays JSON, records keep their order', async () => {
    const name = await freshStream()
    const rows = Array.from({ length: 500 }, (_, ind) => ({ ...row, ind }))
    const records = rows.map((data) => ({ data, 'partition-key': String(data.ind) }))
    const answer = await lab.put(`/streams/${name}/records`, { records })
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ FailedRecordCount: 0 })
    expect(answer.json?.['Records']).toHaveLength(500)
    expect((await lab.stored(name)).map((text) => JSON.parse(text) as unknown)).toEqual(rows)
  })

  test('PutRecords over a shard’s limit fails in part, with 200', async () => {
    await using throttled = await startKinesisLab({}, { enforceShardLimits: true })
    await throttled.createStream('narrow', 1)
    const records = ['a', 'b', 'c'].map((key) => ({ data: 'x'.repeat(500_000), 'partition-key': key }))
    const answer = await throttled.put('/streams/narrow/records', { records })
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ FailedRecordCount: 1 })
    const outcomes = answer.json?.['Records'] as Record<string, string>[]
    expect(outcomes.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      undefined,
      'ProvisionedThroughputExceededException',
    ])
    expect(outcomes[2]?.['ErrorMessage']).toContain('Rate exceeded for shard shardId-000000000000 in stream narrow')
  })

  test('the tutorial’s PutRecords template stores an object as {key=value}', async () => {
    await using tutorial = await startKinesisLab({ stageVariables: { putRecordsTemplate: 'tutorial' } })
    await tutorial.createStream('s')
    await tutorial.put('/streams/s/records', { records: [{ data: { ind: 1, category: 'art' }, 'partition-key': '1' }] })
    expect(await tutorial.stored('s')).toEqual(['{ind=1, category=art}'])
  })

  it.each([
    { type: 'TRIM_HORIZON', query: '', seen: ['1', '2'] },
    { type: 'LATEST', query: '&type=LATEST', seen: [] },
    { type: 'AT_TIMESTAMP', query: '&type=AT_TIMESTAMP&timestamp=1', seen: ['1', '2'] },
    { type: 'AFTER_SEQUENCE_NUMBER', query: '&type=AFTER_SEQUENCE_NUMBER&starting-sequence-number=', seen: ['2'] },
    { type: 'AT_SEQUENCE_NUMBER', query: '&type=AT_SEQUENCE_NUMBER&starting-sequence-number=', seen: ['1', '2'] },
  ])('GET shard-iterator $type -> GET records', async ({ query, seen }) => {
    const name = await freshStream()
    const first = await lab.put(`/streams/${name}/record`, { Data: 1, PartitionKey: 'k' })
    await lab.put(`/streams/${name}/record`, { Data: 2, PartitionKey: 'k' })
    const at = query.endsWith('=') ? String(first.json?.['SequenceNumber']) : ''
    const path = `/streams/${name}/shard-iterator?shard-id=shardId-000000000000${query}${at}`
    const iterator = await lab.call('GET', path)
    expect(iterator.status).toBe(200)
    const headers = { 'Shard-Iterator': String(iterator.json?.['ShardIterator']) }
    const page = await lab.call('GET', `/streams/${name}/records`, { headers })
    const { Records } = page.json as { Records: { Data: string }[] }
    expect(Records.map(({ Data }) => Buffer.from(Data, 'base64').toString())).toEqual(seen)
  })
})

describe('streams', () => {
  it.each(['GET', 'POST'])('%s /streams lists them', async (method) => {
    const { status, json } = await lab.call(method, '/streams')
    expect(status).toBe(200)
    expect(json?.['StreamNames']).toContain(stream)
  })

  it.each([
    { body: { ShardCount: 2 }, shards: 2 },
    { body: {}, shards: 5 },
    { body: undefined, shards: 5 },
  ])('POST creates with $body: $shards shards; DELETE deletes', async ({ body, shards }) => {
    const path = `/streams/made-${String(shards)}-${typeof body}`
    const created = await lab.call('POST', path, {
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    expect({ status: created.status, text: created.text }).toEqual({ status: 200, text: '' })
    await untilActive(lab.straight, path.slice('/streams/'.length))
    const described = await lab.call('GET', path)
    expect(described.json).toMatchObject({ StreamDescription: { StreamName: path.slice('/streams/'.length) } })
    expect((described.json?.['StreamDescription'] as { Shards: unknown[] }).Shards).toHaveLength(shards)
    expect((await lab.call('DELETE', path)).status).toBe(200)
  })
})

/** What the straight call answers to the request that the template ought to make. */
const asStraight = async (action: string, request: object) => {
  const { status, text } = await lab.straight(action, request)
  return { status, text }
}

const key = (length: number): string => 'k'.repeat(length)
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const put = (Data: unknown, PartitionKey: unknown) => ({ Data, PartitionKey })
/** Of JSON text with its two quotes. */
const text = (bytes: number): string => 'x'.repeat(bytes - 2)

describe('what Kinesis refuses keeps Kinesis’s status and body', () => {
  it.each([
    { what: 'a record of 1 MiB and a byte', body: put(text(MiB), '1'), type: 'ValidationException' },
    { what: 'data of 1 MiB and a byte', body: put(text(MiB + 1), '1'), type: 'ValidationException' },
    { what: 'a partition key of 257 characters', body: put(row, key(257)), type: 'ValidationException' },
    { what: 'an empty partition key', body: put(row, ''), type: 'ValidationException' },
    { what: 'an invalid stream name', name: 'not%20valid', body: put(row, '1'), type: 'ValidationException' },
    { what: 'a long stream name', name: 's'.repeat(129), body: put(row, '1'), type: 'ValidationException' },
    { what: 'an unknown stream', name: 'nowhere', body: put(row, '1'), type: 'ResourceNotFoundException' },
  ])('PutRecord: $what -> $type', async ({ name = stream, body, type }) => {
    const answer = await lab.put(`/streams/${name}/record`, body)
    expect(answer.json?.['__type']).toBe(type)
    const request = {
      StreamName: decodeURIComponent(name),
      Data: base64(JSON.stringify(body.Data)),
      PartitionKey: body.PartitionKey,
    }
    expect({ status: answer.status, text: answer.text }).toEqual(await asStraight('PutRecord', request))
  })

  const many = (count: number, data: unknown) =>
    Array.from({ length: count }, (_, index) => ({ data, 'partition-key': String(index % 10) }))

  it.each([
    { what: '501 records', records: many(501, 1), type: 'ValidationException' },
    { what: 'no record', records: [], type: 'ValidationException' },
    {
      what: 'a record of 1 MiB and a byte',
      records: [...many(1, 1), ...many(1, text(MiB))],
      type: 'ValidationException',
    },
    { what: 'an unknown stream', name: 'nowhere', records: many(1, 1), type: 'ResourceNotFoundException' },
  ])('PutRecords: $what -> $type', async ({ name = stream, records, type }) => {
    const answer = await lab.put(`/streams/${name}/records`, { records })
    expect(answer.json?.['__type']).toBe(type)
    const Records = records.map((record) => ({
      Data: base64(JSON.stringify(record.data)),
      PartitionKey: record['partition-key'],
    }))
    expect({ status: answer.status, text: answer.text }).toEqual(
      await asStraight('PutRecords', { StreamName: name, Records }),
    )
  })

  test.each([
    ['GET', '/streams/nowhere', 'ResourceNotFoundException'],
    ['DELETE', '/streams/nowhere', 'ResourceNotFoundException'],
    ['POST', `/streams/${stream}`, 'ResourceInUseException'],
    ['GET', `/streams/${stream}/shard-iterator?shard-id=shardId-000000000009`, 'ResourceNotFoundException'],
    ['GET', `/streams/${stream}/shard-iterator`, 'ValidationException'],
    ['GET', `/streams/${stream}/shard-iterator?shard-id=shardId-000000000000&type=FIRST`, 'ValidationException'],
    ['GET', `/streams/${stream}/records`, 'ValidationException'],
  ])('%s %s -> %s', async (method, path, type) => {
    const answer = await lab.call(method, path)
    expect({ status: answer.status, type: answer.json?.['__type'] }).toEqual({ status: 400, type })
  })
})

describe('what the template made wrong is named beside Kinesis’s answer', () => {
  it.each([
    {
      what: 'plain: an object’s JSON inside quotes',
      stageVariables: { putRecordTemplate: 'plain' },
      body: { Data: row, PartitionKey: '1' },
      type: 'SerializationException',
      says: [`application/json template, line 4 ("Data": "$input.json('$.Data')",): `, 'Data', '$util.base64Encode'],
    },
    {
      what: 'plain: a text’s JSON inside quotes',
      stageVariables: { putRecordTemplate: 'plain' },
      body: { Data: 'text', PartitionKey: '1' },
      type: 'SerializationException',
      says: ['line 4', 'Data', '$util.base64Encode'],
    },
    {
      what: 'plain: a number that is no base64',
      stageVariables: { putRecordTemplate: 'plain' },
      body: { Data: 123, PartitionKey: '1' },
      type: 'SerializationException',
      says: ['line 4', 'Data is 123, not base64'],
    },
    {
      what: 'no partition key',
      stageVariables: {},
      body: { Data: row },
      type: 'ValidationException',
      says: [`line 8 ("PartitionKey": "$input.path('$.PartitionKey')")`, 'PartitionKey is empty'],
    },
    {
      what: 'a quote in the partition key',
      stageVariables: {},
      body: { Data: row, PartitionKey: 'a"b' },
      type: 'SerializationException',
      says: ['line 8', 'is not JSON'],
    },
  ])('$what', async ({ stageVariables, body, type, says }) => {
    await using other = await startKinesisLab({ stageVariables })
    await other.createStream(stream)
    const answer = await other.put(`/streams/${stream}/record`, body)
    expect({ status: answer.status, type: answer.json?.['__type'] }).toEqual({ status: 400, type })
    for (const part of says) expect(answer.headers.get('x-pinlab-template')).toContain(part)
    expect(await other.stored(stream)).toEqual([])
  })

  test('the record of a PutRecords', async () => {
    const records = [
      { data: 1, 'partition-key': '1' },
      { data: 2, 'partition-key': '' },
    ]
    const answer = await lab.put(`/streams/${stream}/records`, { records })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('x-pinlab-template')).toContain('line 11 ("PartitionKey": "$elem.partition-key")')
    expect(answer.headers.get('x-pinlab-template')).toContain('PartitionKey of record 2 is empty')
  })

  test('nothing is named where the template did right', async () => {
    const accepted = await lab.put(`/streams/${stream}/record`, { Data: row, PartitionKey: '1' })
    const unknown = await lab.put('/streams/nowhere/record', { Data: row, PartitionKey: '1' })
    expect([accepted, unknown].map(({ headers }) => headers.get('x-pinlab-template'))).toEqual([null, null])
  })

  test('data that only looks like a template’s fault', async () => {
    const name = await freshStream()
    const data = { '"Data": "x"': '"PartitionKey": ""', key: '{a=b}' }
    expect((await lab.put(`/streams/${name}/record`, { Data: data, PartitionKey: '1' })).status).toBe(200)
    expect((await lab.stored(name)).map((stored) => JSON.parse(stored) as unknown)).toEqual([data])
  })
})

describe('bodies', () => {
  it.each([
    { path: 'record', body: 'ind=1', note: 'PartitionKey is empty' },
    { path: 'record', body: '{"Data":{"ind":1', note: 'PartitionKey is empty' },
    { path: 'records', body: '[', note: undefined },
  ])('not JSON reads as nothing, which Kinesis refuses: $path, $body', async ({ path, body, note }) => {
    const name = await freshStream()
    const answer = await lab.put(`/streams/${name}/${path}`, body)
    expect({ status: answer.status, type: answer.json?.['__type'] }).toEqual({
      status: 400,
      type: 'ValidationException',
    })
    if (note !== undefined) {
      expect(answer.headers.get('x-pinlab-template')).toContain(note)
      expect(answer.headers.get('x-pinlab-template')).toContain('the body of the request is not JSON')
    }
    expect(await lab.stored(name)).toEqual([])
  })

  it.each([
    { contentType: 'application/json', status: 200 },
    { contentType: 'application/json; charset=utf-8', status: 200 },
    { contentType: 'Application/JSON', status: 200 },
    { contentType: 'application/x-www-form-urlencoded', status: 415 },
    { contentType: 'text/plain', status: 415 },
  ])('content type $contentType -> $status', async ({ contentType, status }) => {
    const answer = await lab.put(`/streams/${stream}/record`, { Data: row, PartitionKey: '1' }, contentType)
    expect(answer.status).toBe(status)
    if (status === 415) expect(answer.text).toBe(gatewayErrors.UNSUPPORTED_MEDIA_TYPE.body)
  })

  test('no content type is JSON', async () => {
    const body = new Blob([JSON.stringify({ Data: row, PartitionKey: '1' })])
    expect((await lab.call('PUT', `/streams/${stream}/record`, { body })).status).toBe(200)
  })
})

test('Kinesis down -> 504, and nothing is repeated', async () => {
  await using down = await startKinesisLab()
  await down.createStream(stream)
  await down.stopKinesis()
  const answer = await down.put(`/streams/${stream}/record`, { Data: row, PartitionKey: '1' })
  const { status, body, errorType } = gatewayErrors.INTEGRATION_FAILURE
  expect({ status: answer.status, text: answer.text }).toEqual({ status, text: body })
  expect(answer.headers.get('x-amzn-errortype')).toBe(errorType)
})

test('a wrong key is Kinesis’s to refuse', async () => {
  await using other = await startKinesisLab({}, { credentials: { accessKeyId: 'another', secretAccessKey: 'secret' } })
  const answer = await other.call('GET', '/streams')
  expect({ status: answer.status, type: answer.json?.['__type'] }).toEqual({
    status: 400,
    type: 'UnrecognizedClientException',
  })
})
