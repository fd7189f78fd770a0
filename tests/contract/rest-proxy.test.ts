import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { restProxyErrors } from '../../contract/wire-errors.ts'
import { Config } from '../../services/rest-proxy/config.ts'
import { restProxy } from '../../services/rest-proxy/server.ts'
import { createLog } from '../../services/runtime/log.ts'

/** No broker stands behind this proxy: what is answered here is answered without asking one. */
const brokers = ['127.0.0.1:1']
const proxy = restProxy(Config.parse({ port: 0, brokers, adminTimeoutMs: 300 }), createLog('test', 'silent'))
const json = 'application/vnd.kafka.json.v2+json'
const v2 = 'application/vnd.kafka.v2+json'

let port: number

beforeAll(async () => {
  await proxy.app.listen({ host: '127.0.0.1', port: 0 })
  port = (proxy.app.server.address() as AddressInfo).port
})
afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
})

interface Question {
  readonly method?: string
  readonly url: string
  readonly headers?: Record<string, string>
  readonly payload?: string | Buffer
}
interface Answer {
  readonly status: number
  readonly type: string | undefined
  readonly allow: unknown
  readonly body: unknown
}

/** Paths go out as they are written here. */
async function ask({ method = 'GET', url, headers = {}, payload = '' }: Question): Promise<Answer> {
  const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers, agent: false })
  outgoing.end(payload)
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  const body = await text(answer)
  return {
    status: answer.statusCode ?? 0,
    type: answer.headers['content-type'],
    allow: answer.headers.allow,
    body: body === '' ? undefined : JSON.parse(body),
  }
}

const post = (url: string, payload: string | Buffer, type: string | null = json): Question => ({
  method: 'POST',
  url,
  payload,
  headers: type === null ? {} : { 'content-type': type },
})

const records = '{"records":[{"value":1}]}'

it.each([
  { what: 'malformed JSON', body: '{"records":[{"value":1}', status: 400, code: 400, message: /^Malformed JSON: / },
  {
    what: 'bytes that are not UTF-8',
    body: Buffer.from([0x22, 0xff, 0x22]),
    status: 400,
    code: 400,
    message: /^Malformed JSON: /,
  },
  { what: 'no envelope', body: '{"ind":1}', status: 422, code: 422, message: 'Unrecognized field: ind' },
  {
    what: 'a record without its envelope',
    body: '{"records":[{"ind":1}]}',
    status: 422,
    code: 422,
    message: 'Unrecognized field: ind',
  },
  { what: 'no records', body: '{"records":[]}', status: 422, code: 422, message: 'records must not be empty (was [])' },
  { what: 'records missing', body: '{}', status: 422, code: 422, message: 'records must not be empty (was [])' },
  {
    what: 'records null',
    body: '{"records":null}',
    status: 422,
    code: 422,
    message: 'records must not be empty (was [])',
  },
  {
    what: 'an empty body',
    body: '',
    status: 422,
    code: 422,
    message: 'The request body must not be null (was null)',
  },
  { what: 'an array', body: '[]', status: 400, code: 400, message: 'Bad Request: the request is not an object.' },
  { what: 'records that are no array', body: '{"records":{}}', status: 400, code: 400, message: /not an array/ },
  { what: 'a record that is no object', body: '{"records":[1]}', status: 400, code: 400, message: /not an object/ },
  {
    what: 'a negative partition',
    body: '{"records":[{"value":1,"partition":-1}]}',
    status: 422,
    code: 422,
    message: 'records[0].partition must be greater than or equal to 0 (was -1)',
  },
  {
    what: 'a partition that is no integer',
    body: '{"records":[{"value":1,"partition":"x"}]}',
    status: 400,
    code: 400,
    message: /not an integer/,
  },
  {
    what: 'nesting beyond what parsers downstream take',
    body: `{"records":[{"value":${'['.repeat(1_001)}${']'.repeat(1_001)}}]}`,
    status: 422,
    code: 42203,
    message: 'Conversion of JSON to Object failed: nested deeper than 1000',
  },
  {
    what: 'binary that is not base64',
    body: '{"records":[{"value":"?"}]}',
    type: null,
    status: 400,
    code: 400,
    message: 'Bad Request: data="?" is not a valid base64 string.',
  },
  {
    what: 'binary that is no text',
    body: records,
    type: null,
    status: 400,
    code: 400,
    message: 'Bad Request: data=1 is not a base64 string.',
  },
  {
    what: 'an avro key without its schema',
    body: '{"records":[{"key":1,"value":1}]}',
    type: 'application/vnd.kafka.avro.v2+json',
    status: 422,
    code: 42201,
    message: 'Request includes keys but does not include key schema',
  },
  {
    what: 'an avro value without its schema',
    body: records,
    type: 'application/vnd.kafka.avro.v2+json',
    status: 422,
    code: 42202,
    message: 'Request includes values but does not include value schema',
  },
  {
    what: 'a value with a schema, as there is no Schema Registry',
    body: '{"value_schema":"{}","records":[{"value":1}]}',
    type: 'application/vnd.kafka.protobuf.v2+json',
    status: 422,
    code: 42206,
    message: 'Payload error. Schema Registry must be configured when using schemas.',
  },
  {
    what: 'application/json',
    body: records,
    type: 'application/json',
    status: 415,
    code: 415,
    message: 'HTTP 415 Unsupported Media Type',
  },
  { what: 'API v1', body: records, type: 'application/vnd.kafka.json.v1+json', status: 415, code: 415, message: /415/ },
  { what: 'a form', body: 'a=1', type: 'application/x-www-form-urlencoded', status: 415, code: 415, message: /415/ },
  {
    what: 'a body over the limit',
    body: 'x'.repeat(11 * 1024 * 1024),
    status: 413,
    code: 413,
    message: 'HTTP 413 Request Entity Too Large',
  },
])('produce: $what -> $status/$code', async ({ body, status, code, message, ...rest }) => {
  const type = 'type' in rest ? rest.type : json
  const answer = await ask(post('/topics/t', body, type))
  expect(answer).toMatchObject({ status, body: { error_code: code } })
  expect((answer.body as { message: string }).message).toEqual(
    typeof message === 'string' ? message : (expect.stringMatching(message) as string),
  )
  expect(answer.type).toBe(v2)
})

const longName = 'x'.repeat(250)
it.each([
  { what: 'two dots', topic: '..' },
  { what: 'encoded dots', topic: '%2e%2e' },
  { what: 'an encoded slash', topic: 'a%2Fb' },
  { what: 'a path out of it', topic: '..%2f..%2fetc%2fpasswd' },
  { what: '250 characters', topic: longName },
  { what: 'a blank', topic: 'a%20b' },
  { what: 'a null byte', topic: 'a%00' },
  { what: 'a letter of another alphabet', topic: '%C3%A9' },
])('no topic is named with $what', async ({ topic }) => {
  const expected = { status: 404, body: { error_code: 40401, message: 'Topic not found.' } }
  expect(await ask(post(`/topics/${topic}`, records))).toMatchObject(expected)
  expect(await ask({ url: `/topics/${topic}` })).toMatchObject(expected)
  expect(await ask({ url: `/topics/${topic}/partitions/0/offsets` })).toMatchObject(expected)
})

it.each([
  { what: 'an unknown path', question: { url: '/nope' }, status: 404, message: 'HTTP 404 Not Found' },
  {
    what: 'a path out of the server',
    question: { url: '/../../etc/passwd' },
    status: 404,
    message: 'HTTP 404 Not Found',
  },
  {
    what: 'a path that cannot be decoded',
    question: { url: '/topics/%zz' },
    status: 400,
    message: 'Bad Request: the path is not valid',
  },
  {
    what: 'a partition that is no number',
    question: post('/topics/t/partitions/x', records),
    status: 404,
    message: 'HTTP 404 Not Found',
  },
  {
    what: 'a part of API v3 that is not there',
    question: { url: '/v3/clusters/x/acls' },
    status: 404,
    message: 'HTTP 404 Not Found',
  },
  {
    what: 'PUT on a topic',
    question: { method: 'PUT' as const, url: '/topics/t' },
    status: 405,
    message: 'HTTP 405 Method Not Allowed',
    allow: 'GET,HEAD,POST,OPTIONS',
  },
  {
    what: 'DELETE on /topics',
    question: { method: 'DELETE' as const, url: '/topics' },
    status: 405,
    message: 'HTTP 405 Method Not Allowed',
    allow: 'GET,HEAD,OPTIONS',
  },
  {
    what: 'GET on a consumer group',
    question: { url: '/consumers/g' },
    status: 405,
    message: 'HTTP 405 Method Not Allowed',
    allow: 'POST,OPTIONS',
  },
  {
    what: 'an answer as HTML',
    question: { url: '/topics', headers: { accept: 'text/html' } },
    status: 406,
    message: 'HTTP 406 Not Acceptable',
  },
  {
    what: 'a consumer created as application/json',
    question: post('/consumers/g', '{}', 'application/json'),
    status: 415,
    message: 'HTTP 415 Unsupported Media Type',
  },
])('$what -> $status', async ({ question, status, message, ...rest }) => {
  const answer = await ask(question)
  expect(answer).toMatchObject({ status, body: { error_code: status, message } })
  if ('allow' in rest) expect(answer.allow).toBe(rest.allow)
})

it.each([
  { what: 'GET /', question: { url: '/' }, expected: { status: 200, type: v2, body: {} } },
  {
    what: 'GET / as JSON',
    question: { url: '/', headers: { accept: 'application/json' } },
    expected: { status: 200, type: 'application/json' },
  },
  { what: 'HEAD /', question: { method: 'HEAD' as const, url: '/' }, expected: { status: 200, body: undefined } },
  {
    what: 'OPTIONS',
    question: { method: 'OPTIONS' as const, url: '/topics/t' },
    expected: { status: 200, allow: 'GET,HEAD,POST,OPTIONS' },
  },
])('answers $what', async ({ question, expected }) => {
  expect(await ask(question)).toMatchObject(expected)
})

it.each([
  { what: 'GET /topics', question: { url: '/topics' } },
  { what: 'GET of a topic', question: { url: '/topics/t' } },
  { what: 'GET /brokers', question: { url: '/brokers' } },
  { what: 'a produce to a topic never seen', question: post('/topics/t', records) },
  { what: 'GET /v3/clusters', question: { url: '/v3/clusters' } },
])('$what without a broker -> 503/50302', async ({ question }) => {
  expect(await ask(question)).toMatchObject({
    status: 503,
    body: { error_code: restProxyErrors.brokerUnavailable.errorCode },
  })
})

it.each([
  { what: 'a format that does not exist', body: '{"format":"xml"}', code: 422, message: 'Invalid format type.' },
  { what: 'avro without a Schema Registry', body: '{"format":"avro"}', code: 42204, message: /schema\.registry\.url/ },
  {
    what: 'an offset reset that does not exist',
    body: '{"auto.offset.reset":"first"}',
    code: 42204,
    message: /String must be one of: latest, earliest, none/,
  },
  {
    what: 'auto.commit.enable neither true nor false',
    body: '{"auto.commit.enable":"yes"}',
    code: 42204,
    message: /either true or false/,
  },
  {
    what: 'fetch.min.bytes over its bound',
    body: '{"fetch.min.bytes":10000001}',
    code: 40001,
    message: /no more than 10000000/,
  },
  { what: 'fetch.min.bytes under its bound', body: '{"fetch.min.bytes":-2}', code: 40001, message: /at least -1/ },
  { what: 'an unknown setting', body: '{"auto.reset":"x"}', code: 422, message: 'Unrecognized field: auto.reset' },
])('consumer: $what -> 422/$code', async ({ body, code, message }) => {
  const answer = await ask(post('/consumers/g', body, v2))
  expect(answer).toMatchObject({ status: 422, body: { error_code: code } })
  expect((answer.body as { message: string }).message).toMatch(message)
})

it('creates a consumer once, and tells a format from another', async () => {
  const created = await ask({
    ...post('/consumers/my%20group', '{"name":"c","format":"json"}', v2),
    headers: { 'content-type': v2, host: 'here:1' },
  })
  expect(created).toMatchObject({
    status: 200,
    body: { instance_id: 'c', base_uri: 'http://here:1/consumers/my%20group/instances/c' },
  })
  const instance = '/consumers/my%20group/instances/c'
  expect(await ask(post('/consumers/my%20group', '{"name":"c"}', v2))).toMatchObject({
    status: 409,
    body: { error_code: 40902 },
  })
  for (const accept of ['*/*', v2, 'application/vnd.kafka.avro.v2+json']) {
    expect(await ask({ url: `${instance}/records`, headers: { accept } })).toMatchObject({
      status: 406,
      body: { error_code: 40601 },
    })
  }
  expect(await ask({ url: `${instance}/records`, headers: { accept: json } })).toMatchObject({
    status: 500,
    body: { error_code: 50002 },
  })
  const both = '{"topics":["t"],"topic_pattern":"t.*"}'
  expect(await ask(post(`${instance}/subscription`, both, v2))).toMatchObject({
    status: 409,
    body: { error_code: 40903 },
  })
  expect(await ask(post(`${instance}/subscription`, '{"topic_pattern":"("}', v2))).toMatchObject({ status: 422 })
  const place = '{"offsets":[{"topic":"t","partition":0,"offset":1}]}'
  expect(await ask(post(`${instance}/positions`, place, v2))).toMatchObject({
    status: 409,
    body: { error_code: 40903, message: 'Illegal state: No current assignment for partition t-0' },
  })
  expect(await ask(post(`${instance}/assignments`, '{"partitions":[]}', v2))).toMatchObject({
    status: 501,
    body: { error_code: 501 },
  })
  expect(await ask({ method: 'DELETE', url: instance })).toMatchObject({ status: 204, body: undefined })
  expect(await ask({ method: 'DELETE', url: instance })).toMatchObject({ status: 404, body: { error_code: 40403 } })
})

it('makes a name for a consumer that has none', async () => {
  const { body } = await ask({ method: 'POST', url: '/consumers/g' })
  expect((body as { instance_id: string }).instance_id).toMatch(/^rest-consumer-[0-9a-f-]{36}$/)
})

it.each(['records', 'subscription', 'assignments'])(
  'an instance that is not there: GET %s -> 404/40403',
  async (of) => {
    expect(await ask({ url: `/consumers/g/instances/none/${of}` })).toMatchObject({
      status: 404,
      body: { error_code: 40403 },
    })
  },
)
