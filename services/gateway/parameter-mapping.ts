import { apiId } from './headers.ts'
import { headerValue, queryValue, type MethodRequest } from './method-request.ts'

export type Place = 'path' | 'querystring' | 'header'

/** One line of `requestParameters`, ready to run. */
export interface ParameterMapping {
  readonly place: Place
  readonly name: string
  /** Undefined when the request does not carry the source: the target is then left out. */
  readonly valueOf: (request: MethodRequest) => string | undefined
}

/** `$context` of mappings and templates. */
export const contextVariables: ReadonlyMap<string, (request: MethodRequest) => string> = new Map(
  Object.entries({
    apiId: () => apiId,
    extendedRequestId: ({ extendedRequestId }: MethodRequest) => extendedRequestId,
    httpMethod: ({ method }: MethodRequest) => method,
    'identity.sourceIp': ({ sourceIp }: MethodRequest) => sourceIp,
    'identity.userAgent': (request: MethodRequest) => headerValue(request, 'user-agent') ?? '',
    path: ({ stage, path }: MethodRequest) => `/${stage}${path}`,
    requestId: ({ requestId }: MethodRequest) => requestId,
    resourcePath: ({ resourcePath }: MethodRequest) => resourcePath,
    stage: ({ stage }: MethodRequest) => stage,
  }),
)

/**
 * Compiles `integration.request.<path|querystring|header>.<name>: <source>`; the source is a method request parameter, a stage
 * variable, a `context` variable or a static 'text' ("Request and response data mapping reference").
 *
 * @returns a sentence that names the fault when the lab does not know the target or the source.
 */
export function parameterMapping(
  target: string,
  source: string,
  stageVariables: Readonly<Record<string, string>>,
): ParameterMapping | string {
  const place = /^integration\.request\.(path|querystring|header)\.([A-Za-z0-9!#$%&'*+\-.^_`|~]+)$/.exec(target)
  if (!place) return `target ${target} is not integration.request.path|querystring|header.<name>`
  const valueOf = sourceOf(source, stageVariables)
  if (typeof valueOf === 'string') return valueOf
  return { place: place[1] as Place, name: place[2] ?? '', valueOf }
}

function sourceOf(
  source: string,
  stageVariables: Readonly<Record<string, string>>,
): ParameterMapping['valueOf'] | string {
  const text = /^'([\x20-&(-~]*)'$/.exec(source)?.[1]
  if (text !== undefined) return () => text
  const [, kind = '', name = ''] =
    /^(method\.request\.(?:path|querystring|header)|stageVariables|context)\.(.+)$/.exec(source) ?? []
  switch (kind) {
    case 'method.request.path':
      return ({ pathParameters }) => pathParameters[name]
    case 'method.request.querystring':
      return (request) => queryValue(request, name)
    case 'method.request.header':
      return (request) => headerValue(request, name)
    case 'stageVariables': {
      const value = stageVariables[name]
      return value === undefined ? `stage variable ${name} has no value` : () => value
    }
    case 'context':
      return contextVariables.get(name) ?? `the lab does not have $context.${name}`
    default:
      return `source ${source} is none of method.request.<path|querystring|header>.<name>, stageVariables.<name>, context.<name>, 'text'`
  }
}
