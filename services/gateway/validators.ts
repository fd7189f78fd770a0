import { Ajv, type ValidateFunction } from 'ajv'
import type { MethodDescription } from './description.ts'
import { headerValue, queryValue, type MethodRequest } from './method-request.ts'
import type { OpenApi } from './openapi.ts'

export type ValidationFault =
  { readonly error: 'BAD_REQUEST_BODY' } | { readonly error: 'BAD_REQUEST_PARAMETERS'; readonly missing: string[] }

export type RequestValidator = (request: MethodRequest) => ValidationFault | undefined

const places = { path: 'path', query: 'querystring', header: 'header' } as const

/** The method's request validator, the API's when it names none; undefined when neither validates anything. */
export function requestValidator(
  { operation, pathItem, fault }: MethodDescription,
  openApi: OpenApi,
): RequestValidator | undefined {
  const field = 'x-amazon-apigateway-request-validator'
  const name = operation[field] ?? openApi[field]
  if (name === undefined) return undefined
  const rules = openApi['x-amazon-apigateway-request-validators'][name]
  if (!rules) throw fault([field], `x-amazon-apigateway-request-validators has no ${name}`)
  const required = rules.validateRequestParameters
    ? [...pathItem.parameters, ...operation.parameters].filter((parameter) => parameter.required)
    : []
  const schema = operation.requestBody?.content['application/json']?.schema
  const body = rules.validateRequestBody && schema !== undefined ? compileSchema(schema, openApi, fault) : undefined
  const bodyRequired = operation.requestBody?.required === true
  return (request) => {
    const missing = required.filter((parameter) => !isPresent(request, places[parameter.in], parameter.name))
    if (missing.length > 0)
      return { error: 'BAD_REQUEST_PARAMETERS', missing: missing.map((parameter) => parameter.name) }
    return body && !isValidBody(request, body, bodyRequired) ? { error: 'BAD_REQUEST_BODY' } : undefined
  }
}

function isPresent(request: MethodRequest, place: 'path' | 'querystring' | 'header', name: string): boolean {
  if (place === 'path') return request.pathParameters[name] !== undefined
  const value = place === 'header' ? headerValue(request, name) : queryValue(request, name)
  return value !== undefined && value !== ''
}

/** Only a body of the model's media type is looked at; API Gateway takes a request without one for JSON. */
function isValidBody(request: MethodRequest, schema: ValidateFunction, required: boolean): boolean {
  const mediaType = (headerValue(request, 'content-type') ?? 'application/json').split(';')[0]?.trim().toLowerCase()
  if (mediaType !== 'application/json') return true
  if (!request.body) return !required
  try {
    return schema(JSON.parse(request.body.toString('utf8')))
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

const modelsId = 'api'

/** Models keep their names, so that a `$ref` finds them and one that refers to itself works. */
function compileSchema(schema: unknown, { components }: OpenApi, fault: MethodDescription['fault']): ValidateFunction {
  // not strict: keywords of OpenAPI that JSON Schema does not have (example, xml, int32) are left alone
  const ajv = new Ajv({ strict: false, validateFormats: false })
  try {
    ajv.addSchema({ $id: modelsId, components: { schemas: components.schemas } })
    return ajv.compile(relativeTo(modelsId, schema))
  } catch (error) {
    const place = ['requestBody', 'content', 'application/json', 'schema']
    throw fault(place, error instanceof Error ? error.message : String(error))
  }
}

/** `#/components/…` of a schema taken out of its file must name the file it came from. */
function relativeTo(id: string, schema: unknown): object {
  const text = JSON.stringify(schema, (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' && value.startsWith('#/') ? id + value : value,
  )
  return JSON.parse(text) as object
}
