import { readFile } from 'node:fs/promises'
import { describe, expect, it, test } from 'vitest'
import { LabError } from '../../../contract/errors.ts'
import { prepareApi } from '../../../services/gateway/api.ts'
import { byteBudget } from '../../../services/gateway/byte-budget.ts'
import { Config } from '../../../services/gateway/config.ts'
import { parseApiDescription } from '../../../services/gateway/description.ts'

const shipped = await readFile(Config.parse({ port: 0, stage: 'test' }).apiPath, 'utf8')
const stageVariables = { restProxyHost: '127.0.0.1:18082' }
const aws = {
  region: 'us-east-1',
  accessKeyId: 'key',
  secretAccessKey: 'secret',
  endpoints: { kinesis: 'http://127.0.0.1:14567' },
}

function prepare(text: string, settings: object = { stageVariables, aws }) {
  const config = Config.parse({ port: 0, stage: 'test', ...settings })
  return prepareApi(parseApiDescription('api.yaml', text), config, byteBudget(1))
}

/** The shipped description with one change. */
const changed = (from: string, to: string): string => {
  expect(shipped).toContain(from)
  return shipped.replace(from, to)
}

const modelled = `      x-amazon-apigateway-request-validator: body
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Nothing' } } } }`

test('the shipped description is executed as it stands', () => {
  expect(prepare(shipped).match('POST', '/topics/a.pin')?.pathParameters).toEqual({ proxy: 'topics/a.pin' })
})

describe('the Kinesis routes stand beside /{proxy+}, which keeps what they do not have', () => {
  it.each([
    { method: 'GET', path: '/streams', resourcePath: '/streams' },
    { method: 'POST', path: '/streams/', resourcePath: '/streams' },
    { method: 'GET', path: '/streams/s', resourcePath: '/streams/{stream-name}' },
    { method: 'POST', path: '/streams/s', resourcePath: '/streams/{stream-name}' },
    { method: 'DELETE', path: '/streams/s', resourcePath: '/streams/{stream-name}' },
    { method: 'PUT', path: '/streams/s/record', resourcePath: '/streams/{stream-name}/record' },
    { method: 'PUT', path: '/streams/s/records', resourcePath: '/streams/{stream-name}/records' },
    { method: 'GET', path: '/streams/s/records', resourcePath: '/streams/{stream-name}/records' },
    { method: 'GET', path: '/streams/s/shard-iterator', resourcePath: '/streams/{stream-name}/shard-iterator' },
    { method: 'POST', path: '/streams/s/record', resourcePath: '/{proxy+}' },
    { method: 'PUT', path: '/streams/s', resourcePath: '/{proxy+}' },
    { method: 'PUT', path: '/streams/s/record/x', resourcePath: '/{proxy+}' },
    { method: 'POST', path: '/topics/streams', resourcePath: '/{proxy+}' },
  ])('$method $path -> $resourcePath', ({ method, path, resourcePath }) => {
    expect(prepare(shipped).match(method, path)?.route.resourcePath).toBe(resourcePath)
  })
})

describe('what the lab cannot execute fails by name, with line and place', () => {
  const integration = 'x-amazon-apigateway-integration'
  it.each([
    {
      what: 'an integration type it does not know',
      text: changed('type: http_proxy', 'type: aws_proxy'),
      says: [`api.yaml:18 ANY /{proxy+} ${integration}.type`, 'does not execute type aws_proxy, only http_proxy'],
    },
    {
      what: 'an integration field it does not know',
      text: changed('httpMethod: ANY', 'httpMethod: ANY\n        tlsConfig: {}'),
      says: [`ANY /{proxy+} ${integration}`, 'tlsConfig'],
    },
    {
      what: 'a VPC link',
      text: changed('httpMethod: ANY', 'httpMethod: ANY\n        connectionType: VPC_LINK'),
      says: [`api.yaml:20 ANY /{proxy+} ${integration}.connectionType`],
    },
    {
      what: 'a path parameter that chooses the host',
      text: changed('${stageVariables.restProxyHost}/{proxy}', '{proxy}/x'),
      says: [`api.yaml:20 ANY /{proxy+} ${integration}.uri`, 'in its path only'],
    },
    {
      what: 'an unmapped path parameter',
      text: changed('integration.request.path.proxy', 'integration.request.header.proxy'),
      says: [`${integration}.uri`, '{proxy} has no integration.request.path.proxy'],
    },
    {
      what: 'a source it does not know',
      text: changed('method.request.path.proxy', 'method.request.body.proxy'),
      says: [`${integration}.requestParameters.integration.request.path.proxy`, 'method.request.body.proxy'],
    },
    {
      what: 'a timeout over 29 s',
      text: changed('timeoutInMillis: 29000', 'timeoutInMillis: 29001'),
      says: [`${integration}.timeoutInMillis`],
    },
    {
      what: 'a misspelt method field',
      text: changed('      responses: {}', '      response: {}'),
      says: ['api.yaml:16 ANY /{proxy+} response', 'does not execute this field'],
    },
    {
      what: 'a method without an integration',
      text: changed('x-amazon-apigateway-integration:', 'x-integration:'),
      says: ['ANY /{proxy+}'],
    },
    {
      what: 'an unknown extension',
      text: changed('x-amazon-apigateway-api-key-source: HEADER', 'x-amazon-apigateway-policy: {}'),
      says: ['api.yaml:6 x-amazon-apigateway-policy', 'does not execute this field'],
    },
    {
      what: 'an authorizer',
      text: changed('type: apiKey', 'type: oauth2'),
      says: ['components.securitySchemes.api_key.type'],
    },
    {
      what: 'a security scheme that is not described',
      text: changed('      responses: {}', '      responses: {}\n      security:\n        - other: []'),
      says: ['ANY /{proxy+} security', 'has no other'],
    },
    {
      what: 'a request validator that is not described',
      text: changed('      responses: {}', '      responses: {}\n      x-amazon-apigateway-request-validator: all'),
      says: ['x-amazon-apigateway-request-validator', 'has no all'],
    },
    {
      what: 'a model that is not described',
      text: `${changed('      responses: {}', modelled)}\nx-amazon-apigateway-request-validators: { body: { validateRequestBody: true } }\n`,
      says: ['ANY /{proxy+} requestBody.content.application/json.schema', '#/components/schemas/Nothing'],
    },
    {
      what: 'a mapping template that cannot be compiled',
      text: changed("$input.path('$.ShardCount') #end,", "$input.path('$.ShardCount')"),
      says: [`POST /streams/{stream-name} ${integration}.requestTemplates.application/json`, 'line '],
    },
    {
      what: 'a service it does not call',
      text: changed('kinesis:action/ListStreams', 'sqs:action/ListQueues'),
      says: [`GET /streams ${integration}.uri`, 'does not call sqs, only kinesis'],
    },
    {
      what: 'an integration response without its method response',
      text: changed("statusCode: '400'", "statusCode: '404'"),
      says: [`GET /streams ${integration}.responses.4\\d{2}.statusCode`, 'responses of the method has no 404'],
    },
    {
      what: 'a selection pattern that is no expression',
      text: changed('4\\d{2}:', "'4(':"),
      says: [`GET /streams ${integration}.responses.4(`],
    },
    {
      what: 'a path parameter mapped to an action',
      text: changed('integration.request.header.Content-Type', 'integration.request.path.Content-Type'),
      says: [`GET /streams ${integration}.requestParameters`, 'maps headers only'],
    },
    { what: 'OpenAPI 3.1', text: changed('openapi: 3.0.3', 'openapi: 3.1.0'), says: ['api.yaml:1 openapi', '3.0.x'] },
    { what: 'text that is no YAML', text: 'a: [', says: ['api.yaml:1'] },
  ])('$what', ({ text, says }) => {
    const error = errorOf(() => prepare(text))
    expect(error.code).toBe('LAB_CONFIG_INVALID')
    for (const part of says) expect(`${error.what}: ${error.why}`).toContain(part)
  })

  it('AWS integrations without a way to call the service', () => {
    for (const settings of [{ stageVariables }, { stageVariables, aws: { ...aws, endpoints: {} } }]) {
      const error = errorOf(() => prepare(shipped, settings))
      expect(`${error.what}: ${error.why}`).toMatch(/GET \/streams .*uri: .* no aws\.endpoints\.kinesis/)
    }
    prepare(shipped.slice(0, shipped.indexOf('  /streams:')), { stageVariables })
  })

  it('a stage variable without a value', () => {
    const error = errorOf(() => prepare(shipped, { aws }))
    expect(`${error.what}: ${error.why}`).toContain('api.yaml:20')
    expect(error.why).toContain('stage variable restProxyHost has no value')
  })
})

function errorOf(run: () => unknown): LabError {
  try {
    run()
  } catch (error) {
    if (error instanceof LabError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
