import { readFile } from 'node:fs/promises'
import { describe, expect, it, test } from 'vitest'
import { LabError } from '../../../contract/errors.ts'
import { prepareApi } from '../../../services/gateway/api.ts'
import { byteBudget } from '../../../services/gateway/byte-budget.ts'
import { Config } from '../../../services/gateway/config.ts'
import { parseApiDescription } from '../../../services/gateway/description.ts'

const shipped = await readFile(Config.parse({ port: 0, stage: 'test' }).apiPath, 'utf8')
const stageVariables = { restProxyHost: '127.0.0.1:18082' }

function prepare(text: string, settings: object = { stageVariables }) {
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
    { what: 'OpenAPI 3.1', text: changed('openapi: 3.0.3', 'openapi: 3.1.0'), says: ['api.yaml:1 openapi', '3.0.x'] },
    { what: 'text that is no YAML', text: 'a: [', says: ['api.yaml:1'] },
  ])('$what', ({ text, says }) => {
    const error = errorOf(() => prepare(text))
    expect(error.code).toBe('LAB_CONFIG_INVALID')
    for (const part of says) expect(`${error.what}: ${error.why}`).toContain(part)
  })

  it('a stage variable without a value', () => {
    const error = errorOf(() => prepare(shipped, {}))
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
