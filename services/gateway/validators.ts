import { z } from 'zod'
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
function isValidBody(request: MethodRequest, schema: z.ZodType, required: boolean): boolean {
  const mediaType = (headerValue(request, 'content-type') ?? 'application/json').split(';')[0]?.trim().toLowerCase()
  if (mediaType !== 'application/json') return true
  if (!request.body) return !required
  try {
    return schema.safeParse(JSON.parse(request.body.toString('utf8'))).success
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

function compileSchema(schema: unknown, openApi: OpenApi, fault: MethodDescription['fault']): z.ZodType {
  const place = ['requestBody', 'content', 'application/json', 'schema']
  try {
    const inlined = inlineRefs(schema, openApi.components.schemas, [])
    return z.fromJSONSchema(inlined as Parameters<typeof z.fromJSONSchema>[0], { defaultTarget: 'openapi-3.0' })
  } catch (error) {
    throw fault(place, error instanceof Error ? error.message : String(error))
  }
}

function inlineRefs(schema: unknown, models: Readonly<Record<string, unknown>>, open: readonly string[]): unknown {
  if (Array.isArray(schema)) return schema.map((each) => inlineRefs(each, models, open))
  if (typeof schema !== 'object' || schema === null) return schema
  if ('$ref' in schema) {
    const name = /^#\/components\/schemas\/([^/]+)$/.exec(String(schema.$ref))?.[1]
    if (name === undefined || !(name in models)) throw new Error(`there is no ${String(schema.$ref)}`)
    if (open.includes(name)) throw new Error(`${String(schema.$ref)} refers to itself, which the lab does not validate`)
    return inlineRefs(models[name], models, [...open, name])
  }
  return Object.fromEntries(Object.entries(schema).map(([key, each]) => [key, inlineRefs(each, models, open)]))
}
