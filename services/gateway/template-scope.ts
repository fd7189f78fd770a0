import { contextVariables } from './parameter-mapping.ts'
import { decodeComponent, type MethodRequest } from './method-request.ts'
import { Overrides, type ContextObject, type MultiValues, type TemplateScope } from './vtl/scope.ts'

/** What mapping templates read of a request; each part is made when a template asks for it. */
export class RequestScope implements TemplateScope {
  readonly body: string
  readonly stageVariables: Readonly<Record<string, string>>
  readonly overrides: Overrides
  readonly #request: MethodRequest
  #pathParameters: ReadonlyMap<string, string> | undefined
  #queryParameters: MultiValues | undefined
  #headers: MultiValues | undefined
  #context: ContextObject | undefined

  constructor(
    request: MethodRequest,
    body: string,
    stageVariables: Readonly<Record<string, string>>,
    overrides = new Overrides(),
  ) {
    this.#request = request
    this.body = body
    this.stageVariables = stageVariables
    this.overrides = overrides
  }

  get pathParameters(): ReadonlyMap<string, string> {
    return (this.#pathParameters ??= new Map(
      Object.entries(this.#request.pathParameters).map(([name, value]) => [name, decodeComponent(value, false)]),
    ))
  }

  get queryParameters(): MultiValues {
    return (this.#queryParameters ??= queryOf(this.#request.query))
  }

  get headers(): MultiValues {
    return (this.#headers ??= headersOf(this.#request.rawHeaders))
  }

  get context(): ContextObject {
    return (this.#context ??= contextOf(this.#request))
  }

  /** The scope of the response's templates: same parameters, another payload. */
  withBody(body: string): RequestScope {
    return new RequestScope(this.#request, body, this.stageVariables, this.overrides)
  }
}

function queryOf(query: string): MultiValues {
  const values = new Map<string, string[]>()
  for (const pair of query === '' ? [] : query.split('&')) {
    const equals = pair.indexOf('=')
    const name = decodeComponent(equals < 0 ? pair : pair.slice(0, equals), true)
    append(values, name, equals < 0 ? '' : decodeComponent(pair.slice(equals + 1), true))
  }
  return values
}

function headersOf(rawHeaders: readonly string[]): MultiValues {
  const values = new Map<string, string[]>()
  for (let index = 0; index < rawHeaders.length; index += 2)
    append(values, rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '')
  return values
}

function append(values: Map<string, string[]>, name: string, value: string): void {
  const known = values.get(name)
  if (known) known.push(value)
  else values.set(name, [value])
}

/** `identity.sourceIp` becomes `{ identity: { sourceIp } }`. */
function contextOf(request: MethodRequest): ContextObject {
  const root: Record<string, ContextObject[string]> = {}
  for (const [name, valueOf] of contextVariables) {
    const path = name.split('.')
    const last = path.pop() ?? ''
    let parent = root
    for (const part of path) parent = (parent[part] ??= {}) as Record<string, ContextObject[string]>
    parent[last] = valueOf(request)
  }
  return root
}
