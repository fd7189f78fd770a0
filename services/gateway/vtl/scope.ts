/** Names to values in their order of arrival; values are decoded. */
export type MultiValues = ReadonlyMap<string, readonly string[]>

/** A nested object of text, as `$context` is: `{ identity: { sourceIp: '127.0.0.1' } }`. */
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
  /** Collects what the template sets on `$context.requestOverride` and `$context.responseOverride`; one per request. */
  readonly overrides: Overrides
}

/** Parameters that a template set, by name; several values for a parameter that was set to a list. */
export type OverriddenParameters = ReadonlyMap<string, string | readonly string[]>

/** "Use a mapping template to override an API's request and response parameters and status codes". */
export class Overrides {
  /** `$context.requestOverride.header.<name>`. */
  readonly requestHeaders: OverriddenParameters = new Map()
  readonly requestPath: OverriddenParameters = new Map()
  readonly requestQuery: OverriddenParameters = new Map()
  readonly responseHeaders: OverriddenParameters = new Map()
  /** `$context.responseOverride.status`, as the template wrote it. */
  readonly responseStatus: string | undefined = undefined
}
