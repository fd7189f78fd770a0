import { z } from 'zod'
import { headerValue, type MethodRequest } from '../method-request.ts'
import { parameterMapping, type ParameterMapping } from '../parameter-mapping.ts'
import type { RequestScope } from '../template-scope.ts'
import { compileTemplate, type Rendered, type Template } from '../vtl/template.ts'
import type { FaultAt, IntegrationSite } from './integration.ts'

/** What a request body becomes on its way to the service. */
export interface MappedBody {
  readonly body: Buffer
  /** Undefined for a body that passes through as it came. */
  readonly rendered: { readonly by: string; readonly template: string; readonly text: Rendered } | undefined
}
export interface RequestFailure {
  readonly failure: 'UNSUPPORTED_MEDIA_TYPE' | 'API_CONFIGURATION_ERROR'
  readonly detail: string
  readonly templateNote?: string
}

export interface CompiledTemplate {
  readonly mediaType: string
  readonly source: string
  readonly template: Template
}

export const Templates = z.record(z.string(), z.string()).default({})
export const Passthrough = z.enum(['when_no_match', 'when_no_templates', 'never']).default('when_no_match')

/** Media types in small letters. */
export function compileTemplates(
  templates: Readonly<Record<string, string>>,
  place: readonly string[],
  fault: FaultAt,
): ReadonlyMap<string, CompiledTemplate> {
  return new Map(
    Object.entries(templates).map(([mediaType, source]) => {
      const template = compileTemplate(source)
      if (!('render' in template))
        throw fault(
          [...place, mediaType],
          `line ${String(template.line)}, column ${String(template.column)}: ${template.why}`,
        )
      return [mediaType.toLowerCase(), { mediaType, source, template }]
    }),
  )
}

/** The template of the request's content type writes the body; `passthroughBehavior` decides where there is none. */
export function bodyMapping(
  templates: ReadonlyMap<string, CompiledTemplate>,
  passthrough: z.infer<typeof Passthrough>,
): (request: MethodRequest, scope: RequestScope) => MappedBody | RequestFailure {
  const passes = passthrough === 'when_no_match' || (passthrough === 'when_no_templates' && templates.size === 0)
  return (request, scope) => {
    const mediaType = mediaTypeOf(request)
    const compiled = templates.get(mediaType)
    if (!compiled) {
      if (passes) return { body: request.body ?? Buffer.alloc(0), rendered: undefined }
      return { failure: 'UNSUPPORTED_MEDIA_TYPE', detail: `no mapping template for ${mediaType} and no passthrough` }
    }
    const rendered = compiled.template.render(scope)
    if ('text' in rendered) {
      return {
        body: rendered.toBytes(),
        rendered: { by: compiled.mediaType, template: compiled.source, text: rendered },
      }
    }
    const { line, why } = rendered.fault
    const templateNote = `${compiled.mediaType} template, line ${String(line)}: ${why}`
    return { failure: 'API_CONFIGURATION_ERROR', detail: templateNote, templateNote }
  }
}

/** API Gateway takes a request without a content type for JSON. */
const mediaTypeOf = (request: MethodRequest): string =>
  (headerValue(request, 'content-type') ?? 'application/json').split(';', 1)[0]?.trim().toLowerCase() ?? ''

/** Headers are all that an action of an AWS service takes from `requestParameters`. */
export function headerMappings(
  requestParameters: Readonly<Record<string, string>>,
  site: IntegrationSite,
): readonly ParameterMapping[] {
  return Object.entries(requestParameters).map(([target, source]) => {
    const mapping = parameterMapping(target, source, site.stageVariables)
    if (typeof mapping === 'string') throw site.fault(['requestParameters', target], mapping)
    if (mapping.place !== 'header')
      throw site.fault(['requestParameters', target], 'the lab maps headers only to an action of an AWS service')
    return mapping
  })
}
