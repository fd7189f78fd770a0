import type { RequestListener } from 'node:http'
import { describe, expect, it, test } from 'vitest'
import { gatewayErrors } from '../../contract/wire-errors.ts'
import { awsSettings, startBackend, startTestGateway } from '../integration/gateway/fixtures.ts'

/** Integration type `aws`, against a server that answers what the row says and keeps what it saw. */

const api = (integration: string, responses = "'200': {}, '400': {}, '500': {}"): string => `
openapi: 3.0.3
info: { title: aws, version: '1' }
paths:
  /things/{name}:
    post:
      responses: { ${responses} }
      x-amazon-apigateway-integration:
        type: AWS
        httpMethod: POST
        uri: arn:aws:apigateway:us-east-1:kinesis:action/PutRecord
        credentials: arn:aws:iam::000000000000:role/any
${integration.replaceAll(/^/gm, '        ')}
`

const standard = `
requestParameters:
  integration.request.header.Content-Type: "'application/x-amz-json-1.1'"
  integration.request.header.X-Run: method.request.querystring.run
requestTemplates:
  application/json: '{"name": "$input.params(''name'')", "stage": "$context.stage", "level": "$stageVariables.level"}'
responses:
  default: { statusCode: '200' }
  4\\d{2}: { statusCode: '400' }
`

async function exchange({
  integration = standard,
  answer = ok,
  init = {},
  path = '/things/a%20b?run=7',
}: {
  integration?: string
  answer?: RequestListener
  init?: RequestInit
  path?: string
}) {
  await using backend = await startBackend(answer)
  await using gateway = await startTestGateway(
    {
      stageVariables: { level: 'lab' },
      aws: awsSettings(`http://${backend.host}`),
      integrationTimeoutMs: 300,
    },
    api(integration),
  )
  const response = await fetch(gateway.invokeUrl + path, { method: 'POST', body: '{"x":1}', headers: json, ...init })
  return {
    status: response.status,
    headers: response.headers,
    text: await response.text(),
    seen: backend.seen,
    host: backend.host,
  }
}

const ok: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'theirs' })
  response.end('{"ShardId":"shardId-000000000000"}')
}
const status =
  (code: number): RequestListener =>
  (_request, response) => {
    response.writeHead(code, { 'content-type': 'application/x-amz-json-1.1', 'x-detail': 'd' })
    response.end('{"__type":"AnException","message":"m"}')
  }
const json = { 'content-type': 'application/json' }

test('the service sees a signed POST of the action with the template’s body and the mapped headers alone', async () => {
  const { seen, host } = await exchange({ init: { headers: { ...json, authorization: 'mine', 'x-other': 'o' } } })
  expect(seen).toHaveLength(1)
  const [{ method, url, headers, body }] = seen as [(typeof seen)[number]]
  expect({ method, url, body: body.toString() }).toEqual({
    method: 'POST',
    url: '/',
    body: '{"name": "a b", "stage": "test", "level": "lab"}',
  })
  expect(headers).toEqual({
    host,
    connection: 'keep-alive',
    'user-agent': 'AmazonAPIGateway_pinlab0api',
    'content-type': 'application/x-amz-json-1.1',
    'x-run': '7',
    'x-amz-target': 'Kinesis_20131202.PutRecord',
    'x-amz-date': expect.stringMatching(/^\d{8}T\d{6}Z$/) as string,
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=LABTESTACCESSKEY0001\/\d{8}\/us-east-1\/kinesis\/aws4_request, SignedHeaders=content-type;host;user-agent;x-amz-date;x-amz-target;x-run, Signature=[0-9a-f]{64}$/,
    ) as string,
    'content-length': String(body.length),
  })
})

describe('which template runs, by content type and passthroughBehavior', () => {
  const templates = (types: string[], behavior: string): string => `
requestTemplates: { ${types.map((type) => `${type}: 'by ${type}'`).join(', ')} }
passthroughBehavior: ${behavior}
responses: { default: { statusCode: '200' } }
`
  it.each([
    { types: ['application/json', 'text/csv'], behavior: 'never', type: 'text/csv', body: 'by text/csv' },
    { types: ['application/json'], behavior: 'never', type: 'APPLICATION/JSON;charset=x', body: 'by application/json' },
    { types: ['application/json'], behavior: 'never', type: 'text/csv', body: undefined },
    { types: [], behavior: 'never', type: 'text/csv', body: undefined },
    { types: ['application/json'], behavior: 'when_no_match', type: 'text/csv', body: '{"x":1}' },
    { types: [], behavior: 'when_no_match', type: 'text/csv', body: '{"x":1}' },
    { types: ['application/json'], behavior: 'when_no_templates', type: 'text/csv', body: undefined },
    { types: [], behavior: 'when_no_templates', type: 'text/csv', body: '{"x":1}' },
  ])('templates for $types, $behavior, a body of $type', async ({ types, behavior, type, body }) => {
    const answer = await exchange({
      integration: templates(types, behavior),
      init: { headers: { 'content-type': type } },
    })
    expect(answer.status).toBe(body === undefined ? 415 : 200)
    expect(answer.seen.map((seen) => seen.body.toString())).toEqual(body === undefined ? [] : [body])
    if (body === undefined) expect(answer.text).toBe(gatewayErrors.UNSUPPORTED_MEDIA_TYPE.body)
  })
})

describe('integration responses', () => {
  const error = '{"__type":"AnException","message":"m"}'
  const internal = gatewayErrors.API_CONFIGURATION_ERROR.body
  const responses = (text: string): string => `requestTemplates: { application/json: '{}' }\nresponses:\n${text}`
  it.each([
    { what: 'the default', by: "  default: { statusCode: '200' }", code: 200, status: 200, text: error },
    {
      what: 'the default for an error too',
      by: "  default: { statusCode: '200' }",
      code: 400,
      status: 200,
      text: error,
    },
    {
      what: 'a pattern before the default',
      by: "  default: { statusCode: '200' }\n  4\\d{2}: { statusCode: '400' }",
      code: 404,
      status: 400,
      text: error,
    },
    {
      what: 'an exact status before a pattern',
      by: "  4..: { statusCode: '400' }\n  '404': { statusCode: '500' }",
      code: 404,
      status: 500,
      text: error,
    },
    {
      what: 'a pattern that matches a part only',
      by: "  '4': { statusCode: '400' }",
      code: 400,
      status: 500,
      text: internal,
    },
    { what: 'no match and no default', by: "  '200': { statusCode: '200' }", code: 500, status: 500, text: internal },
    {
      what: 'a template, headers and a static value',
      by: `  default:
    statusCode: '200'
    responseParameters:
      method.response.header.X-Detail: integration.response.header.x-detail
      method.response.header.X-None: integration.response.header.x-none
      method.response.header.X-Static: "'a, b'"
    responseTemplates:
      application/json: '{"why": "$input.path(''$.message'')", "name": "$input.params(''name'')"}'`,
      code: 200,
      status: 200,
      text: '{"why": "m", "name": "a b"}',
      headers: { 'content-type': 'application/json', 'x-detail': 'd', 'x-none': null, 'x-static': 'a, b' },
    },
    {
      what: 'a template that overrides status and header',
      by: `  default:
    statusCode: '200'
    responseTemplates:
      text/plain: |
        #set($context.responseOverride.status = 418)
        #set($context.responseOverride.header.X-Mine = "$input.path('$.message')")
        short`,
      code: 200,
      status: 418,
      text: expect.stringContaining('short') as string,
      headers: { 'content-type': 'text/plain', 'x-mine': 'm' },
    },
  ])('$what', async ({ by, code, status: wanted, text, headers = {} }) => {
    const answer = await exchange({ integration: responses(by), answer: status(code) })
    expect({ status: answer.status, text: answer.text }).toEqual({ status: wanted, text })
    for (const [name, value] of Object.entries(headers)) expect(answer.headers.get(name)).toBe(value)
  })

  test('the answer has the gateway’s ids, and of the service’s headers none that is not mapped', async () => {
    const { headers } = await exchange({})
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers.get('x-amz-apigw-id')).not.toBeNull()
    expect([...headers.keys()].filter((name) => name.startsWith('x-amzn-remapped'))).toEqual([])
  })
})

test('requestOverride adds a header to the service’s request', async () => {
  const integration = `
requestTemplates:
  application/json: '#set($context.requestOverride.header.X-Mine = "yes"){}'
responses: { default: { statusCode: '200' } }`
  const { seen } = await exchange({ integration })
  expect(seen[0]?.headers['x-mine']).toBe('yes')
  expect(seen[0]?.headers.authorization).toContain('x-mine')
})

const hang: RequestListener = () => undefined
const reset: RequestListener = (request) => {
  request.socket.resetAndDestroy()
}
const closeHalfWay: RequestListener = (request, response) => {
  response.writeHead(200, { 'content-length': 100 })
  response.write('{')
  setTimeout(() => request.socket.destroy(), 20)
}
const tooMuch: RequestListener = (_request, response) => {
  response.end(Buffer.alloc(10_485_761))
}

describe('a service that does not answer', () => {
  it.each([
    { what: 'that hangs', answer: hang, error: 'INTEGRATION_TIMEOUT' },
    { what: 'that resets', answer: reset, error: 'INTEGRATION_FAILURE' },
    { what: 'that closes half way', answer: closeHalfWay, error: 'INTEGRATION_FAILURE' },
    { what: 'that answers more than 10 MB', answer: tooMuch, error: 'RESPONSE_TOO_LARGE' },
  ] as const)('$what -> $error, called once', async ({ answer, error }) => {
    const { status: code, text, seen } = await exchange({ answer })
    expect({ status: code, text }).toEqual({ status: gatewayErrors[error].status, text: gatewayErrors[error].body })
    expect(seen).toHaveLength(1)
  })
})
