/** Methods an API Gateway resource can map; ANY stands for all of them (Method resource, API reference). */
export const restMethods = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'] as const
export type RestMethod = (typeof restMethods)[number]

export const isRestMethod = (method: string): method is RestMethod =>
  (restMethods as readonly string[]).includes(method)

export interface Route<T> {
  /** Resource path as the description writes it, `/topics/{proxy+}`. */
  readonly resourcePath: string
  readonly method: RestMethod | 'ANY'
  readonly target: T
}

export interface RouteMatch<T> {
  readonly route: Route<T>
  /** Values as they stood in the path, still percent-encoded. */
  readonly pathParameters: Readonly<Record<string, string>>
}

interface Node<T> {
  readonly literals: Map<string, Node<T>>
  parameter?: { readonly name: string; readonly node: Node<T> }
  greedy?: { readonly name: string; readonly methods: Map<string, Route<T>> }
  readonly methods: Map<string, Route<T>>
}

const newNode = <T>(): Node<T> => ({ literals: new Map(), methods: new Map() })

export class RouteConflict extends Error {}

/**
 * The router of one API. The most specific resource that has the method answers: a literal segment before a path parameter
 * before a greedy one, and the method itself before ANY; a resource without the method leaves the request to a less
 * specific one (as API Gateway does: POST on /test and OPTIONS on /{proxy+} both answer under /test). Trailing slashes are
 * ignored.
 *
 * @throws RouteConflict when two resources differ in the name of a path parameter only, or one is described twice.
 */
export function compileRoutes<T>(
  routes: readonly Route<T>[],
): (method: string, path: string) => RouteMatch<T> | undefined {
  const root = newNode<T>()
  for (const route of routes) insert(root, route)
  return (method, path) => {
    const segments = segmentsOf(path)
    const values: [string, string][] = []
    const route = find(root, method, segments, 0, values)
    if (!route) return undefined
    const pathParameters: Record<string, string> = {}
    for (const [name, value] of values) pathParameters[name] = value
    return { route, pathParameters }
  }
}

function segmentsOf(path: string): string[] {
  let end = path.length
  while (end > 0 && path.charCodeAt(end - 1) === 0x2f) end -= 1
  return end === 0 ? [] : path.slice(1, end).split('/')
}

function insert<T>(root: Node<T>, route: Route<T>): void {
  let node = root
  for (const segment of segmentsOf(route.resourcePath)) {
    const braces = /^\{([^{}+]+)(\+?)\}$/.exec(segment)
    if (!braces) {
      const next = node.literals.get(segment) ?? newNode<T>()
      node.literals.set(segment, next)
      node = next
      continue
    }
    const [, name = '', plus] = braces
    if (plus === '+') {
      node.greedy ??= { name, methods: new Map() }
      assertSameName(node.greedy.name, name, route)
      setMethod(node.greedy.methods, route)
      return
    }
    node.parameter ??= { name, node: newNode() }
    assertSameName(node.parameter.name, name, route)
    node = node.parameter.node
  }
  setMethod(node.methods, route)
}

function assertSameName(known: string, name: string, { resourcePath }: Route<unknown>): void {
  if (known !== name)
    throw new RouteConflict(`${resourcePath} names a path parameter {${name}} where another resource has {${known}}`)
}

function setMethod<T>(methods: Map<string, Route<T>>, route: Route<T>): void {
  if (methods.has(route.method)) throw new RouteConflict(`${route.method} ${route.resourcePath} is described twice`)
  methods.set(route.method, route)
}

const routeFor = <T>(methods: Map<string, Route<T>>, method: string): Route<T> | undefined =>
  methods.get(method) ?? (isRestMethod(method) ? methods.get('ANY') : undefined)

function find<T>(
  node: Node<T>,
  method: string,
  segments: readonly string[],
  index: number,
  values: [string, string][],
): Route<T> | undefined {
  const segment = segments[index]
  if (segment === undefined) return routeFor(node.methods, method)
  const literal = node.literals.get(segment)
  const byLiteral = literal && find(literal, method, segments, index + 1, values)
  if (byLiteral) return byLiteral
  if (node.parameter && segment !== '') {
    const depth = values.push([node.parameter.name, segment]) - 1
    const byParameter = find(node.parameter.node, method, segments, index + 1, values)
    if (byParameter) return byParameter
    values.length = depth
  }
  if (!node.greedy) return undefined
  const byGreedy = routeFor(node.greedy.methods, method)
  if (byGreedy) values.push([node.greedy.name, segments.slice(index).join('/')])
  return byGreedy
}
