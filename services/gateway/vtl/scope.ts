import { textOf } from './values/text.ts'
import { ContextMap, VtlList, VtlMap } from './values/value.ts'

/** Names to values in their order of arrival; values are decoded. */
export type MultiValues = ReadonlyMap<string, readonly string[]>

/** A nested object of text and whole numbers, as `$context` is: `{ identity: { sourceIp: '127.0.0.1' } }`. */
export interface ContextObject {
  readonly [name: string]: string | number | ContextObject | undefined
}

/** What one rendering may read. Parameters are those of the method request, also when a response is mapped. */
export interface TemplateScope {
  /** The payload that is mapped; empty when there is none. */
  readonly body: string
  readonly pathParameters: ReadonlyMap<string, string>
  readonly queryParameters: MultiValues
  /** Names as the client wrote them; `$input.params` finds them in any case. */
  readonly headers: MultiValues
  readonly context: ContextObject
  readonly stageVariables: Readonly<Record<string, string>>
  /** Collects what templates set on `$context.requestOverride` and `$context.responseOverride`; one per request. */
  readonly overrides: Overrides
}

/** Parameters that a template set, by name; several values for one that was set to a list. */
export type OverriddenParameters = ReadonlyMap<string, string | readonly string[]>

/**
 * What the templates of one request change about it ("Use a mapping template to override an API's request and response parameters
 * and status codes"). The response's template sees what the request's template set.
 */
export class Overrides {
  /** `$context.requestOverride`. */
  readonly request = new ContextMap([
    ['path', new ContextMap()],
    ['header', new ContextMap()],
    ['querystring', new ContextMap()],
  ])

  /** `$context.responseOverride`. */
  readonly response = new ContextMap([['header', new ContextMap()]])

  get requestPath(): OverriddenParameters {
    return parameters(this.request, 'path')
  }

  get requestQuery(): OverriddenParameters {
    return parameters(this.request, 'querystring')
  }

  get requestHeaders(): OverriddenParameters {
    return parameters(this.request, 'header')
  }

  get responseHeaders(): OverriddenParameters {
    return parameters(this.response, 'header')
  }

  /** As the template wrote it; undefined when it set none. */
  get responseStatus(): string | undefined {
    const status = this.response.get('status') ?? null
    return status === null ? undefined : textOf(status)
  }
}

function parameters(place: VtlMap, name: string): OverriddenParameters {
  const map = place.get(name)
  if (!(map instanceof VtlMap)) return new Map()
  return new Map(
    Array.from(map, ([key, value]) => [
      textOf(key),
      value instanceof VtlList ? value.items.map((item) => textOf(item)) : textOf(value),
    ]),
  )
}
