import { z } from 'zod'
import { gatewayLimits } from '../../../contract/limits.ts'
import { integrationRequestHeaders, methodResponseHeaders } from '../headers.ts'
import type { MethodRequest } from '../method-request.ts'
import { parameterMapping, type ParameterMapping } from '../parameter-mapping.ts'
import { isRestMethod } from '../routes.ts'
import { backendPool, call } from './backend.ts'
import type { Integration, IntegrationSite, IntegrationType } from './integration.ts'
import { uriTemplate, type UriTemplate } from './uri.ts'

const HttpProxy = z.strictObject({
  type: z.string(),
  httpMethod: z.string().refine((method) => method === 'ANY' || isRestMethod(method), 'is not a method of a REST API'),
  uri: z.string(),
  requestParameters: z.record(z.string(), z.string()).default({}),
  passthroughBehavior: z.enum(['when_no_match', 'when_no_templates', 'never']).default('when_no_match'),
  timeoutInMillis: z
    .int()
    .min(gatewayLimits.minIntegrationTimeoutMs)
    .max(gatewayLimits.maxIntegrationTimeoutMs)
    .default(gatewayLimits.maxIntegrationTimeoutMs),
  connectionType: z.literal('INTERNET').optional(),
})

/** Forwards the request and answers with the backend's response: status, headers and body. */
export const httpProxy: IntegrationType = {
  prepare: (description, site) => {
    const parsed = HttpProxy.safeParse(description)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw site.fault(issue?.path.map(String) ?? [], issue?.message ?? 'is not valid')
    }
    const { httpMethod, uri, requestParameters, passthroughBehavior, timeoutInMillis } = parsed.data
    const mappings = Object.entries(requestParameters).map(([target, source]) => {
      const mapping = parameterMapping(target, source, site.stageVariables)
      if (typeof mapping === 'string') throw site.fault(['requestParameters', target], mapping)
      return mapping
    })
    const template = uriTemplate(uri, site.stageVariables)
    if (typeof template === 'string') throw site.fault(['uri'], template)
    const pathOf = integrationPath(template, mappings, site)
    const addedHeaders = mappings.filter(({ place }) => place === 'header')
    const pool = backendPool(template.origin)
    const timeoutMs = site.timeoutMs ?? timeoutInMillis
    return {
      invoke: async (request) => {
        if (passthroughBehavior === 'never' && request.body)
          return { failure: 'UNSUPPORTED_MEDIA_TYPE', detail: 'no mapping template and no passthrough', latencyMs: 0 }
        const headers = integrationRequestHeaders(request.headers, request)
        for (const { name, valueOf } of addedHeaders) setHeader(headers, name, valueOf(request))
        const response = await call(pool, {
          method: httpMethod === 'ANY' ? request.method : httpMethod,
          path: pathOf(request),
          headers,
          body: request.body,
          timeoutMs,
          budget: site.buffer,
        })
        if ('failure' in response) return response
        return {
          ...response,
          headers: methodResponseHeaders(response.headers),
          declaredLength: response.headers['content-length'] as string | undefined,
        }
      },
      [Symbol.asyncDispose]: () => pool.destroy(),
    } satisfies Integration
  },
}

function integrationPath(
  { pieces }: UriTemplate,
  mappings: readonly ParameterMapping[],
  site: IntegrationSite,
): (request: MethodRequest) => string {
  const parts = pieces.map((piece) => {
    if ('text' in piece) return piece.text
    const mapping = mappings.find(({ place, name }) => place === 'path' && name === piece.parameter)
    if (!mapping)
      throw site.fault(
        ['uri'],
        `{${piece.parameter}} has no integration.request.path.${piece.parameter} in requestParameters`,
      )
    return mapping
  })
  const queryMappings = mappings.filter(({ place }) => place === 'querystring')
  const hasOwnQuery = parts.some((part) => typeof part === 'string' && part.includes('?'))
  return (request) => {
    let path = ''
    for (const part of parts) path += typeof part === 'string' ? part : inTarget(part.valueOf(request) ?? '')
    let separator = hasOwnQuery ? '&' : '?'
    if (request.query !== '') {
      path += separator + request.query
      separator = '&'
    }
    for (const { name, valueOf } of queryMappings) {
      const value = valueOf(request)
      if (value === undefined) continue
      path += `${separator}${encodeURIComponent(name)}=${inTarget(value)}`
      separator = '&'
    }
    return path
  }
}

/** A value from a header may hold what would end the path or the request line; one from the path or query cannot. */
const inTarget = (value: string): string =>
  value.replaceAll(/[^!-~]|[#?]/g, (character) => encodeURIComponent(character))

/** Puts a mapped header in the place of the client's own of that name. */
function setHeader(headers: string[], name: string, value: string | undefined): void {
  if (value === undefined) return
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    if (headers[index]?.toLowerCase() === name.toLowerCase()) headers.splice(index, 2)
  }
  headers.push(name, value)
}
