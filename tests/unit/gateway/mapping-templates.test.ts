import { describe, expect, it } from 'vitest'
import { Config } from '../../../services/gateway/config.ts'
import { readApiDescription } from '../../../services/gateway/description.ts'
import { sortHeaders } from '../../../services/gateway/request-headers.ts'
import { RequestScope } from '../../../services/gateway/template-scope.ts'
import { compileTemplate } from '../../../services/gateway/vtl/template.ts'

/** What each mapping template of api.yaml writes, for good and for bad input: text for text. */

const { methods } = await readApiDescription(Config.parse({ port: 0, stage: 'test' }).apiPath)

interface Input {
  readonly name?: string
  readonly query?: string
  readonly headers?: string[]
  readonly body?: string
  readonly stageVariables?: Record<string, string>
}

function render(route: string, input: Input): string {
  const [method, resourcePath = ''] = route.split(' ')
  const found = methods.find((each) => each.method === method && each.resourcePath === resourcePath)
  const { requestTemplates } = found?.operation['x-amazon-apigateway-integration'] as unknown as {
    requestTemplates: Record<string, string>
  }
  const template = compileTemplate(requestTemplates['application/json']!)
  if (!('render' in template)) throw new Error(template.why)
  const { name = 's', query = '', headers = [], body = '', stageVariables = {} } = input
  const request = {
    method: method!,
    path: resourcePath,
    resourcePath,
    pathParameters: { 'stream-name': name },
    query,
    headers: sortHeaders(headers),
    rawHeaders: headers,
    body: Buffer.from(body),
    requestId: 'id',
    extendedRequestId: 'xid',
    traceId: 'Root=1',
    sourceIp: '127.0.0.1',
    port: '80',
    stage: 'test',
  }
  const rendered = template.render(new RequestScope(request, body, stageVariables))
  return 'text' in rendered ? rendered.text : `fault at line ${String(rendered.fault.line)}`
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
/** Without what directives leave of their lines. */
const squeezed = (text: string): string => text.replaceAll(/\n\s*\n/g, '\n').trim()

const namedStream = '{\n  "StreamName": "s"\n}'
const record = (data: string, key = 'k'): string =>
  `{\n  "StreamName": "s",\n  "Data": ${data},\n  "PartitionKey": "${key}"\n}`
const encoded = (json: string, key?: string): string => record(`"${base64(json)}"`, key)
const plain = { putRecordTemplate: 'plain' }

describe.each([
  { route: 'GET /streams', rows: [{ what: 'always', writes: '{}' }] },
  { route: 'POST /streams', rows: [{ what: 'always', body: '{"Limit":1}', writes: '{}' }] },
  {
    route: 'GET /streams/{stream-name}',
    rows: [
      { what: 'a name', writes: namedStream },
      { what: 'a name that was encoded', name: 'a%20b', writes: '{\n  "StreamName": "a b"\n}' },
    ],
  },
  { route: 'DELETE /streams/{stream-name}', rows: [{ what: 'a name', writes: namedStream }] },
  {
    route: 'POST /streams/{stream-name}',
    rows: [
      { what: 'a count', body: '{"ShardCount":2}', writes: '{\n  "ShardCount":  2 ,\n  "StreamName": "s"\n}' },
      { what: 'no count', body: '{}', writes: '{\n  "ShardCount":  5 ,\n  "StreamName": "s"\n}' },
      { what: 'no body', body: '', writes: '{\n  "ShardCount":  5 ,\n  "StreamName": "s"\n}' },
      {
        what: 'a count that is text',
        body: '{"ShardCount":"x"}',
        writes: '{\n  "ShardCount":  x ,\n  "StreamName": "s"\n}',
      },
    ],
  },
  {
    route: 'PUT /streams/{stream-name}/record',
    rows: [
      {
        what: 'an object',
        body: '{"StreamName":"other","Data":{"ind":1,"t":"ü"},"PartitionKey":"k"}',
        writes: encoded('{"ind":1,"t":"ü"}'),
      },
      {
        what: 'a text keeps its quotes',
        body: '{"Data":"some data","PartitionKey":"k"}',
        writes: encoded('"some data"'),
      },
      {
        what: 'JSON in JSON stays a text',
        body: '{"Data":"{\\"ind\\":1}","PartitionKey":"k"}',
        writes: encoded('"{\\"ind\\":1}"'),
      },
      { what: 'a list', body: '{"Data":[1,null],"PartitionKey":"k"}', writes: encoded('[1,null]') },
      { what: 'a number as key', body: '{"Data":1,"PartitionKey":7}', writes: encoded('1', '7') },
      { what: 'no key', body: '{"Data":1}', writes: encoded('1', '') },
      { what: 'an object as key', body: '{"Data":1,"PartitionKey":{"a":1}}', writes: encoded('1', '{a=1}') },
      {
        what: 'plain, an object',
        stageVariables: plain,
        body: '{"Data":{"ind":1},"PartitionKey":"k"}',
        writes: record('"{"ind":1}"'),
      },
      {
        what: 'plain, a text',
        stageVariables: plain,
        body: '{"Data":"t","PartitionKey":"k"}',
        writes: record('""t""'),
      },
      {
        what: 'plain, a number',
        stageVariables: plain,
        body: '{"Data":1234,"PartitionKey":"k"}',
        writes: record('"1234"'),
      },
      {
        what: 'base64 named',
        stageVariables: { putRecordTemplate: 'base64' },
        body: '{"Data":1,"PartitionKey":"k"}',
        writes: encoded('1'),
      },
      { what: 'not JSON reads as nothing', body: 'ind=1', writes: encoded('""', '') },
    ],
  },
  {
    route: 'PUT /streams/{stream-name}/records',
    rows: [
      {
        what: 'objects',
        body: '{"records":[{"data":{"ind":1},"partition-key":"1"},{"data":{"ind":2},"partition-key":"2"}]}',
        json: {
          StreamName: 's',
          Records: [
            [base64('{"ind":1}'), '1'],
            [base64('{"ind":2}'), '2'],
          ],
        },
      },
      {
        what: 'objects by the tutorial’s template',
        stageVariables: { putRecordsTemplate: 'tutorial' },
        body: '{"records":[{"data":{"ind":1,"t":null},"partition-key":"1"}]}',
        json: { StreamName: 's', Records: [[base64('{ind=1, t=null}'), '1']] },
      },
      {
        what: 'a text by the tutorial’s template',
        stageVariables: { putRecordsTemplate: 'tutorial' },
        body: '{"records":[{"data":"some data","partition-key":"some key"}]}',
        json: { StreamName: 's', Records: [[base64('some data'), 'some key']] },
      },
      { what: 'no records', body: '{"records":[]}', json: { StreamName: 's', Records: [] } },
      { what: 'no list', body: '{}', json: { StreamName: 's', Records: [] } },
      { what: 'not JSON reads as nothing', body: '[', json: { StreamName: 's', Records: [] } },
    ],
  },
  {
    route: 'GET /streams/{stream-name}/records',
    rows: [
      { what: 'an iterator', headers: ['Shard-Iterator', 'AAAA=='], writes: '{\n  "ShardIterator": "AAAA=="\n}' },
      {
        what: 'a name in small letters',
        headers: ['shard-iterator', 'AAAA=='],
        writes: '{\n  "ShardIterator": "AAAA=="\n}',
      },
      { what: 'none', writes: '{\n  "ShardIterator": ""\n}' },
    ],
  },
  {
    route: 'GET /streams/{stream-name}/shard-iterator',
    rows: [
      {
        what: 'a shard',
        query: 'shard-id=shardId-0',
        json: { StreamName: 's', ShardIteratorType: 'TRIM_HORIZON', ShardId: 'shardId-0' },
      },
      { what: 'nothing', json: { StreamName: 's', ShardIteratorType: 'TRIM_HORIZON', ShardId: '' } },
      {
        what: 'a sequence number',
        query: 'shard-id=a&type=AT_SEQUENCE_NUMBER&starting-sequence-number=12',
        json: { StreamName: 's', StartingSequenceNumber: '12', ShardIteratorType: 'AT_SEQUENCE_NUMBER', ShardId: 'a' },
      },
      {
        what: 'a time',
        query: 'shard-id=a&type=AT_TIMESTAMP&timestamp=1459799926.48',
        json: { StreamName: 's', Timestamp: 1459799926.48, ShardIteratorType: 'AT_TIMESTAMP', ShardId: 'a' },
      },
    ],
  },
] as { route: string; rows: (Input & { what: string; writes?: string; json?: unknown })[] }[])(
  '$route',
  ({ route, rows }) => {
    it.each(rows)('$what', ({ writes, json, ...input }) => {
      const text = render(route, input)
      if (writes !== undefined) expect(squeezed(text)).toBe(writes)
      if (json === undefined) return
      const { Records, ...rest } = JSON.parse(text) as { Records?: { Data: string; PartitionKey: string }[] }
      const pairs = Records?.map(({ Data, PartitionKey }) => [Data, PartitionKey])
      const found: unknown = pairs ? { ...rest, Records: pairs } : rest
      expect(found).toEqual(json)
    })
  },
)
