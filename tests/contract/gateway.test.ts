import { describe, expect, it, test } from 'vitest'
import { gatewayErrors } from '../../contract/wire-errors.ts'
import { gatewayLimits } from '../../contract/limits.ts'
import { exchangeBytes, startBackend, startTestGateway } from '../integration/gateway/fixtures.ts'

/** WIRE_FACTS section 3, row by row, against a gateway that executes api.yaml or a description with the feature. */

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const aKey = 'lab-api-key-0123456789'

const guardedApi = `
openapi: 3.0.3
info: { title: guarded, version: '1' }
x-amazon-apigateway-request-validators:
  all: { validateRequestBody: true, validateRequestParameters: true }
x-amazon-apigateway-request-validator: all
paths:
  /records/{id}:
    post:
      parameters:
        - { name: id, in: path, required: true, schema: { type: string } }
        - { name: run, in: query, required: true, schema: { type: string } }
        - { name: X-Trace, in: header, required: true, schema: { type: string } }
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/Envelope' } } }
      x-amazon-apigateway-integration:
        type: HTTP_PROXY
        httpMethod: PUT
        uri: http://\${stageVariables.restProxyHost}/kept/{key}
        requestParameters:
          integration.request.path.key: method.request.path.id
          integration.request.header.X-Stage: stageVariables.level
          integration.request.header.X-Request: context.requestId
          integration.request.querystring.from: "'gateway'"
  /keyed:
    get:
      security: [{ api_key: [] }]
      x-amazon-apigateway-integration:
        { type: http_proxy, httpMethod: GET, uri: 'http://\${stageVariables.restProxyHost}/keyed' }
  /never:
    post:
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: POST
        uri: http://\${stageVariables.restProxyHost}/never
        passthroughBehavior: never
components:
  schemas:
    Envelope:
      type: object
      required: [records]
      properties: { records: { type: array, items: { $ref: '#/components/schemas/Record' } } }
    Record: { type: object, required: [value] }
  securitySchemes: { api_key: { type: apiKey, name: x-api-key, in: header } }
`

async function answerOf(response: Response) {
  return { status: response.status, errorType: response.headers.get('x-amzn-errortype'), body: await response.text() }
}

const expected = (error: keyof typeof gatewayErrors, detail = '') => {
  const row = gatewayErrors[error]
  return {
    status: row.status,
    errorType: 'errorType' in row ? row.errorType : null,
    body: row.body.replace('%s', detail),
  }
}

describe('stage and resource', () => {
  it.each([
    { what: 'an unknown stage', method: 'GET', path: '/prod/topics', error: 'FORBIDDEN' },
    { what: 'no stage', method: 'GET', path: '/', error: 'FORBIDDEN' },
    { what: 'a stage of another case', method: 'GET', path: '/TEST/topics', error: 'FORBIDDEN' },
    { what: 'the root, which is not mapped', method: 'GET', path: '/test', error: 'MISSING_AUTHENTICATION_TOKEN' },
    { what: 'the root with a slash', method: 'POST', path: '/test/', error: 'MISSING_AUTHENTICATION_TOKEN' },
    { what: 'a method no REST API maps', method: 'PROPFIND', path: '/test/x', error: 'MISSING_AUTHENTICATION_TOKEN' },
  ] as const)('$what: $method $path -> $error', async ({ method, path, error }) => {
    await using backend = await startBackend()
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    const response = await fetch(`http://127.0.0.1:${String(gateway.port)}${path}`, { method })
    expect(await answerOf(response)).toEqual(expected(error))
    expect(backend.seen).toEqual([])
  })

  it.each(['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])('ANY takes %s', async (method) => {
    await using backend = await startBackend()
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    const response = await fetch(`${gateway.invokeUrl}/topics`, { method })
    expect(response.status).toBe(200)
    expect(backend.seen.map((request) => request.method)).toEqual([method])
  })

  test('a path or method the description does not have -> MISSING_AUTHENTICATION_TOKEN', async () => {
    await using gateway = await startTestGateway(
      { stageVariables: { restProxyHost: '127.0.0.1:9', level: 'x' } },
      guardedApi,
    )
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['DELETE', '/keyed'],
      ['POST', '/records'],
    ] as const) {
      const response = await fetch(gateway.invokeUrl + path, { method })
      expect(await answerOf(response)).toEqual(expected('MISSING_AUTHENTICATION_TOKEN'))
    }
  })
})

describe('path and query reach the backend as they came', () => {
  it.each([
    { sent: '/test/topics/a1b2c3d4e5f6.pin', seen: '/topics/a1b2c3d4e5f6.pin' },
    { sent: '/test/topics/a/partitions/0', seen: '/topics/a/partitions/0' },
    { sent: '/test/topics/a%20b%2Fc', seen: '/topics/a%20b%2Fc' },
    { sent: '/test/topics/%C3%BC', seen: '/topics/%C3%BC' },
    { sent: '/test/topics/', seen: '/topics' },
    { sent: '/test//topics', seen: '/topics' },
    { sent: '/test/topics?x=1&x=2&y=', seen: '/topics?x=1&x=2&y=' },
    { sent: '/test/topics?q=a%26b+c', seen: '/topics?q=a%26b+c' },
    { sent: '/test/topics?', seen: '/topics' },
  ])('$sent -> $seen', async ({ sent, seen }) => {
    await using backend = await startBackend()
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    await exchangeBytes(gateway.port, `GET ${sent} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(backend.seen.map(({ url }) => url)).toEqual([seen])
  })
})

describe('payload limit of 10 MB', () => {
  it.each([
    { what: 'exactly the limit', bytes: gatewayLimits.maxPayloadBytes, chunked: false, status: 200 },
    { what: 'one byte more', bytes: gatewayLimits.maxPayloadBytes + 1, chunked: false, status: 413 },
    { what: 'exactly the limit, chunked', bytes: gatewayLimits.maxPayloadBytes, chunked: true, status: 200 },
    { what: 'one byte more, chunked', bytes: gatewayLimits.maxPayloadBytes + 1, chunked: true, status: 413 },
    { what: '11 MB', bytes: 11_000_000, chunked: false, status: 413 },
  ])('$what ($bytes bytes) -> $status', async ({ bytes, chunked, status }) => {
    await using backend = await startBackend()
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    const body = Buffer.alloc(bytes, 'a')
    const response = await fetch(`${gateway.invokeUrl}/topics/a`, {
      method: 'POST',
      ...(chunked ? { body: new Blob([body]).stream(), duplex: 'half' } : { body }),
    })
    expect(response.status).toBe(status)
    if (status === 413) expect(await answerOf(response)).toEqual(expected('REQUEST_TOO_LARGE'))
    expect(backend.seen.map((request) => request.body.length)).toEqual(status === 200 ? [bytes] : [])
  })
})

describe('header and URL limits', () => {
  const valueBytes = (total: number) => 'v'.repeat(total - 'x'.length - 'close'.length)
  it.each([
    { what: 'header values of exactly 10,240 bytes', url: '/test/a', values: valueBytes(10_240), status: 200 },
    { what: 'one byte more', url: '/test/a', values: valueBytes(10_241), status: 431 },
    { what: '100 kB of headers', url: '/test/a', values: valueBytes(100_000), status: 431 },
    { what: 'a URL of 10,240 characters', url: `/test/${'u'.repeat(10_234)}`, values: '', status: 200 },
    { what: 'one character more', url: `/test/${'u'.repeat(10_235)}`, values: '', status: 414 },
  ])('$what -> $status', async ({ url, values, status }) => {
    await using backend = await startBackend()
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    const { text } = await exchangeBytes(
      gateway.port,
      `GET ${url} HTTP/1.1\r\nHost: x\r\nX-Long: ${values}\r\nConnection: close\r\n\r\n`,
    )
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} `))
  })
})

describe('throttle, API keys and quota', () => {
  test('past the burst: 429 Too Many Requests, and the rate refills it', async () => {
    await using backend = await startBackend()
    await using gateway = await startTestGateway({
      stageVariables: { restProxyHost: backend.host },
      throttle: { ratePerSecond: 0.01, burst: 2 },
    })
    const answers = []
    for (let request = 0; request < 3; request += 1) answers.push(await fetch(`${gateway.invokeUrl}/topics`))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(await answerOf(answers[2]!)).toEqual(expected('THROTTLED'))
  })

  it.each([
    { what: 'no key', headers: {}, status: 403 },
    { what: 'a wrong key', headers: { 'x-api-key': 'x'.repeat(20) }, status: 403 },
    { what: 'the key', headers: { 'x-api-key': aKey }, status: 200 },
  ])('a method that asks for a key, called with $what -> $status', async ({ headers, status }) => {
    await using backend = await startBackend()
    const stageVariables = { restProxyHost: backend.host, level: 'x' }
    await using gateway = await startTestGateway({ stageVariables, apiKeys: [aKey] }, guardedApi)
    const response = await fetch(`${gateway.invokeUrl}/keyed`, { headers })
    if (status === 200) expect(response.status).toBe(200)
    else expect(await answerOf(response)).toEqual(expected('FORBIDDEN'))
  })

  test('a setting makes the whole API ask for a key', async () => {
    await using backend = await startBackend()
    await using gateway = await startTestGateway({
      stageVariables: { restProxyHost: backend.host },
      apiKeys: [aKey],
      apiKeyRequired: true,
    })
    expect((await fetch(`${gateway.invokeUrl}/topics`)).status).toBe(403)
    expect((await fetch(`${gateway.invokeUrl}/topics`, { headers: { 'x-api-key': aKey } })).status).toBe(200)
  })

  test('past the usage plan’s quota: 429 Limit Exceeded', async () => {
    await using backend = await startBackend()
    await using gateway = await startTestGateway({
      stageVariables: { restProxyHost: backend.host },
      apiKeys: [aKey],
      apiKeyRequired: true,
      quota: { limit: 1, period: 'MONTH' },
    })
    const headers = { 'x-api-key': aKey }
    expect((await fetch(`${gateway.invokeUrl}/topics`, { headers })).status).toBe(200)
    expect(await answerOf(await fetch(`${gateway.invokeUrl}/topics`, { headers }))).toEqual(expected('QUOTA_EXCEEDED'))
  })
})

describe('request validators and media types', () => {
  const good = '{"records":[{"value":1}]}'
  it.each([
    { what: 'a valid request', query: '?run=1', trace: 't', body: good, answer: 200 },
    {
      what: 'no query parameter',
      query: '',
      trace: 't',
      body: good,
      answer: expected('BAD_REQUEST_PARAMETERS', 'run'),
    },
    { what: 'neither', query: '', trace: '', body: good, answer: expected('BAD_REQUEST_PARAMETERS', 'run, X-Trace') },
    {
      what: 'a body against the schema',
      query: '?run=1',
      trace: 't',
      body: '{"records":[{}]}',
      answer: expected('BAD_REQUEST_BODY'),
    },
    {
      what: 'a body without the envelope',
      query: '?run=1',
      trace: 't',
      body: '{"ind":1}',
      answer: expected('BAD_REQUEST_BODY'),
    },
    { what: 'a body that is not JSON', query: '?run=1', trace: 't', body: '{', answer: expected('BAD_REQUEST_BODY') },
    { what: 'no body', query: '?run=1', trace: 't', body: '', answer: expected('BAD_REQUEST_BODY') },
  ])('$what', async ({ query, trace, body, answer }) => {
    await using backend = await startBackend()
    const stageVariables = { restProxyHost: backend.host, level: 'x' }
    await using gateway = await startTestGateway({ stageVariables }, guardedApi)
    const response = await fetch(`${gateway.invokeUrl}/records/7${query}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-trace': trace },
    })
    if (typeof answer === 'number') expect(response.status).toBe(answer)
    else expect(await answerOf(response)).toEqual(answer)
    expect(backend.seen.length).toBe(typeof answer === 'number' ? 1 : 0)
  })

  test('passthrough never answers a body 415', async () => {
    await using backend = await startBackend()
    const stageVariables = { restProxyHost: backend.host, level: 'x' }
    await using gateway = await startTestGateway({ stageVariables }, guardedApi)
    const response = await fetch(`${gateway.invokeUrl}/never`, { method: 'POST', body: 'x' })
    expect(await answerOf(response)).toEqual(expected('UNSUPPORTED_MEDIA_TYPE'))
  })
})

test('requestParameters map path, headers and query; httpMethod replaces the client’s', async () => {
  await using backend = await startBackend()
  const stageVariables = { restProxyHost: backend.host, level: 'lab' }
  await using gateway = await startTestGateway({ stageVariables }, guardedApi)
  const response = await fetch(`${gateway.invokeUrl}/records/a%2Fb?run=1`, {
    method: 'POST',
    body: '{"records":[]}',
    headers: { 'content-type': 'application/json', 'x-trace': 't', 'x-stage': 'forged' },
  })
  const [seen] = backend.seen
  expect(seen).toMatchObject({ method: 'PUT', url: '/kept/a%2Fb?run=1&from=gateway' })
  expect(seen?.headers).toMatchObject({ 'x-stage': 'lab', 'x-request': response.headers.get('x-amzn-requestid') })
})

describe('headers', () => {
  test('every answer of an API carries its ids', async () => {
    await using backend = await startBackend()
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    const ids = new Set<string | null>()
    for (const path of ['/topics', '/topics', '']) {
      const { headers } = await fetch(gateway.invokeUrl + path)
      expect(headers.get('x-amzn-requestid')).toMatch(uuid)
      expect(headers.get('x-amz-apigw-id')).toMatch(/^[\w-]{15}=$/)
      ids.add(headers.get('x-amzn-requestid')).add(headers.get('x-amz-apigw-id'))
    }
    expect(ids.size).toBe(6)
  })

  it.each([
    { sent: '4785534c-81b7-454e-b89e-ffee8fc9014f', kept: true },
    { sent: 'mine', kept: false },
  ])('a client’s x-amzn-RequestId $sent is kept: $kept', async ({ sent, kept }) => {
    await using backend = await startBackend()
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    const { headers } = await fetch(`${gateway.invokeUrl}/topics`, { headers: { 'x-amzn-requestid': sent } })
    expect(headers.get('x-amzn-requestid') === sent).toBe(kept)
    expect(headers.get('x-amzn-requestid')).toMatch(uuid)
  })

  test('the backend’s own date, server and length come remapped, its type and encoding as they are', async () => {
    await using backend = await startBackend((_request, response) => {
      response.writeHead(201, { server: 'Jetty', 'content-type': 'application/vnd.kafka.v2+json', 'content-length': 2 })
      response.end('{}')
    })
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    const response = await fetch(`${gateway.invokeUrl}/topics`)
    expect(response.status).toBe(201)
    const { headers } = response
    expect(headers.get('x-amzn-remapped-server')).toBe('Jetty')
    expect(headers.get('server')).toBeNull()
    expect(headers.get('x-amzn-remapped-content-length')).toBe('2')
    expect(headers.get('content-length')).toBe('2')
    expect(Date.parse(headers.get('x-amzn-remapped-date') ?? '')).not.toBeNaN()
    expect(headers.get('content-type')).toBe('application/vnd.kafka.v2+json')
  })

  test('the backend sees its own host, the client’s address and a trace id', async () => {
    await using backend = await startBackend()
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    await fetch(`${gateway.invokeUrl}/topics`)
    expect(backend.seen[0]?.headers).toMatchObject({
      host: backend.host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-port': String(gateway.port),
      'x-forwarded-proto': 'http',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/) as string,
    })
  })
})
