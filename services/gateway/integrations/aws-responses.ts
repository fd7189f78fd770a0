import { z } from 'zod'
import { headerValue, type MethodRequest } from '../method-request.ts'
import type { RequestScope } from '../template-scope.ts'
import { compileTemplates, Templates, type CompiledTemplate } from './aws-request.ts'
import type { BackendHeaders, BackendResponse } from './backend.ts'
import type { IntegrationSite } from './integration.ts'

const IntegrationResponse = z.strictObject({
  statusCode: z.coerce.string().regex(/^[1-5]\d\d$/),
  responseParameters: z.record(z.string(), z.string()).default({}),
  responseTemplates: Templates,
})
export const IntegrationResponses = z.record(z.string(), IntegrationResponse).default({})

/** The method response that an integration response became; `failure` says why there is none. */
export type MappedResponse =
  | { readonly status: number; readonly headers: string[]; readonly body: Buffer }
  | { readonly failure: 'API_CONFIGURATION_ERROR'; readonly detail: string; readonly templateNote?: string }

interface CompiledResponse {
  readonly status: number
  readonly headers: readonly HeaderMapping[]
  readonly templates: ReadonlyMap<string, CompiledTemplate>
}

interface HeaderMapping {
  readonly name: string
  readonly valueOf: (headers: BackendHeaders) => string | undefined
}

/**
 * Compiles `responses`: a pattern that matches the whole status of the service's response chooses, one that is a status
 * itself before others; `default` takes the rest ("x-amazon-apigateway-integration.responses object").
 */
export function responseMapping(
  responses: z.infer<typeof IntegrationResponses>,
  site: IntegrationSite,
): (response: BackendResponse, request: MethodRequest, scope: RequestScope) => MappedResponse {
  const patterns: { readonly pattern: RegExp; readonly response: CompiledResponse }[] = []
  let fallback: CompiledResponse | undefined
  for (const [pattern, description] of Object.entries(responses)) {
    const compiled = compileResponse(pattern, description, site)
    if (pattern === 'default') fallback = compiled
    else patterns.push({ pattern: wholeMatch(pattern, site), response: compiled })
  }
  const chosen = new Map<number, CompiledResponse | undefined>()
  const choose = (status: number): CompiledResponse | undefined => {
    if (!chosen.has(status))
      chosen.set(status, patterns.find(({ pattern }) => pattern.test(String(status)))?.response ?? fallback)
    return chosen.get(status)
  }
  return (response, request, scope) => {
    const mapping = choose(response.status)
    if (mapping) return mapResponse(mapping, response, request, scope)
    const detail = `no match for output mapping and no default output mapping configured, endpoint response status ${String(response.status)}`
    return { failure: 'API_CONFIGURATION_ERROR', detail }
  }
}

function wholeMatch(pattern: string, site: IntegrationSite): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`)
  } catch (error) {
    if (error instanceof SyntaxError) throw site.fault(['responses', pattern], error.message)
    throw error
  }
}

function compileResponse(
  pattern: string,
  { statusCode, responseParameters, responseTemplates }: z.infer<typeof IntegrationResponse>,
  site: IntegrationSite,
): CompiledResponse {
  if (!site.methodStatuses.includes(statusCode))
    throw site.fault(['responses', pattern, 'statusCode'], `responses of the method has no ${statusCode}`)
  return {
    status: Number(statusCode),
    headers: Object.entries(responseParameters).map(([target, source]) => {
      const mapping = headerMapping(target, source)
      if (typeof mapping === 'string') throw site.fault(['responses', pattern, 'responseParameters', target], mapping)
      return mapping
    }),
    templates: compileTemplates(responseTemplates, ['responses', pattern, 'responseTemplates'], site.fault),
  }
}

function headerMapping(target: string, source: string): HeaderMapping | string {
  const name = /^method\.response\.header\.([A-Za-z0-9!#$%&'*+\-.^_`|~]+)$/.exec(target)?.[1]
  if (name === undefined) return `target ${target} is not method.response.header.<name>`
  const text = /^'([\x20-&(-~]*)'$/.exec(source)?.[1]
  if (text !== undefined) return { name, valueOf: () => text }
  const from = /^integration\.response\.header\.(.+)$/.exec(source)?.[1]?.toLowerCase()
  if (from === undefined) return `source ${source} is neither integration.response.header.<name> nor 'text'`
  return { name, valueOf: (headers) => headers[from]?.toString() }
}

function mapResponse(
  mapping: CompiledResponse,
  response: BackendResponse,
  request: MethodRequest,
  scope: RequestScope,
): MappedResponse {
  const headers = new Map([['content-type', 'application/json']])
  const compiled = templateFor(mapping.templates, request)
  let { body } = response
  if (compiled) {
    const rendered = compiled.template.render(scope.withBody(body.toString('utf8')))
    if ('fault' in rendered) {
      const templateNote = `${compiled.mediaType} response template, line ${String(rendered.fault.line)}: ${rendered.fault.why}`
      return { failure: 'API_CONFIGURATION_ERROR', detail: templateNote, templateNote }
    }
    body = rendered.toBytes()
    headers.set('content-type', compiled.mediaType)
  }
  for (const { name, valueOf } of mapping.headers) {
    const value = valueOf(response.headers)
    if (value !== undefined) headers.set(name.toLowerCase(), value)
  }
  const { responseHeaders, responseStatus } = scope.overrides
  for (const [name, value] of responseHeaders) headers.set(name.toLowerCase(), value.toString())
  const status = responseStatus === undefined ? mapping.status : Number(responseStatus)
  if (!Number.isInteger(status) || status < 100 || status > 599)
    return {
      failure: 'API_CONFIGURATION_ERROR',
      detail: `responseOverride.status ${String(responseStatus)} is no status`,
    }
  return { status, headers: [...headers].flat(), body }
}

/** The one the client accepts, else the first. */
function templateFor(
  templates: ReadonlyMap<string, CompiledTemplate>,
  request: MethodRequest,
): CompiledTemplate | undefined {
  if (templates.size === 0) return undefined
  const accepted = headerValue(request, 'accept')?.toLowerCase() ?? 'application/json'
  return templates.get(accepted) ?? templates.values().next().value
}
