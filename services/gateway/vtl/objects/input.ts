import { parsePath } from '../json-path/parse-path.ts'
import { read } from '../json-path/read-path.ts'
import type { MultiValues, TemplateScope } from '../scope.ts'
import { NotJson, readJson } from '../values/json-reader.ts'
import { jsonText } from '../values/json-writer.ts'
import { VtlMap, type HostObject, type Nullable } from '../values/value.ts'

/** `$input` ("$input variables" of the mapping template reference). */
export function inputObject(scope: TemplateScope): HostObject {
  let document: Nullable | undefined
  let parameters: VtlMap | undefined
  const at = (path: string): Nullable => {
    document ??= readPayload(scope.body)
    return document === null ? null : (read(parsePath(path), document, document) ?? null)
  }
  // an absent payload reads as an empty object, as recorded of the service
  const body = scope.body === '' ? '{}' : scope.body

  return {
    host: true,
    text: '',
    property: (name) => (name === 'body' ? body : undefined),
    call: (method, [parameter, ...more]) => {
      if (more.length > 0) return undefined
      if (method === 'params') {
        if (parameter === undefined) return (parameters ??= allParameters(scope))
        return typeof parameter === 'string' ? parameterOf(scope, parameter) : undefined
      }
      if (typeof parameter !== 'string') return undefined
      if (method === 'path') return at(parameter)
      if (method !== 'json') return undefined
      const value = at(parameter)
      return value === null ? '""' : jsonText(value, 'plain')
    },
  }
}

/** Null for a payload that is not JSON: every path then leads nowhere. */
function readPayload(body: string): Nullable {
  try {
    return readJson(body)
  } catch (error) {
    if (error instanceof NotJson) return null
    throw error
  }
}

/** Searched in the path, the query string and the headers, in this order; empty when it is in none. */
function parameterOf({ pathParameters, queryParameters, headers }: TemplateScope, name: string): string {
  return pathParameters.get(name) ?? lastOf(queryParameters.get(name)) ?? headerOf(headers, name) ?? ''
}

function allParameters({ pathParameters, queryParameters, headers }: TemplateScope): VtlMap {
  return new VtlMap([
    ['path', new VtlMap(pathParameters)],
    ['querystring', new VtlMap(Array.from(queryParameters, ([name, values]) => [name, lastOf(values) ?? '']))],
    ['header', new VtlMap(Array.from(headers, ([name, values]) => [name, values.join(',')]))],
  ])
}

/** Of a repeated query parameter the last value counts. */
const lastOf = (values: readonly string[] | undefined): string | undefined => values?.at(-1)

function headerOf(headers: MultiValues, name: string): string | undefined {
  const exact = headers.get(name)
  if (exact) return exact.join(',')
  const wanted = name.toLowerCase()
  for (const [each, values] of headers) if (each.toLowerCase() === wanted) return values.join(',')
  return undefined
}
