import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { compileRoutes, RouteConflict, type Route } from '../../../services/gateway/routes.ts'

const route = (method: Route<string>['method'], resourcePath: string): Route<string> => ({
  method,
  resourcePath,
  target: `${method} ${resourcePath}`,
})

describe('routing', () => {
  const match = compileRoutes([
    route('POST', '/topics'),
    route('ANY', '/topics/{topic}'),
    route('GET', '/topics/{topic}'),
    route('GET', '/topics/all'),
    route('PUT', '/streams/{stream-name}/record'),
    route('DELETE', '/{proxy+}'),
    route('OPTIONS', '/topics/{rest+}'),
  ])

  it.each([
    { method: 'POST', path: '/topics', target: 'POST /topics', parameters: {} },
    { method: 'POST', path: '/topics/', target: 'POST /topics', parameters: {} },
    { method: 'GET', path: '/topics/all', target: 'GET /topics/all', parameters: {} },
    { method: 'GET', path: '/topics/a.pin', target: 'GET /topics/{topic}', parameters: { topic: 'a.pin' } },
    { method: 'PATCH', path: '/topics/all', target: 'ANY /topics/{topic}', parameters: { topic: 'all' } },
    { method: 'OPTIONS', path: '/topics/x', target: 'ANY /topics/{topic}', parameters: { topic: 'x' } },
    { method: 'OPTIONS', path: '/topics/x/y', target: 'OPTIONS /topics/{rest+}', parameters: { rest: 'x/y' } },
    {
      method: 'PUT',
      path: '/streams/s-1/record',
      target: 'PUT /streams/{stream-name}/record',
      parameters: { 'stream-name': 's-1' },
    },
    { method: 'DELETE', path: '/topics', target: 'DELETE /{proxy+}', parameters: { proxy: 'topics' } },
    { method: 'DELETE', path: '/a//b/', target: 'DELETE /{proxy+}', parameters: { proxy: 'a//b' } },
    { method: 'DELETE', path: '/a%2Fb', target: 'DELETE /{proxy+}', parameters: { proxy: 'a%2Fb' } },
    {
      method: 'DELETE',
      path: '/streams/s/record',
      target: 'DELETE /{proxy+}',
      parameters: { proxy: 'streams/s/record' },
    },
    { method: 'DELETE', path: '/', target: undefined, parameters: undefined },
    { method: 'GET', path: '/topics', target: undefined, parameters: undefined },
    { method: 'TRACE', path: '/topics/x', target: undefined, parameters: undefined },
    { method: 'GET', path: '/nothing', target: undefined, parameters: undefined },
  ])('$method $path goes to $target', ({ method, path, target, parameters }) => {
    const found = match(method, path)
    expect(found?.route.target).toBe(target)
    expect(found?.pathParameters).toEqual(parameters)
  })

  it.each([
    { what: 'two names for one path parameter', routes: [route('GET', '/a/{x}'), route('PUT', '/a/{y}')] },
    { what: 'two names for one greedy parameter', routes: [route('GET', '/{x+}'), route('PUT', '/{y+}')] },
    { what: 'one method twice', routes: [route('GET', '/a/{x}'), route('GET', '/a/{x}')] },
  ])('refuses $what', ({ routes }) => {
    expect(() => compileRoutes(routes)).toThrow(RouteConflict)
  })
})

test('the answer does not depend on the order in which resources are described', () => {
  const segment = fc.constantFrom('a', 'b', '{p}', '{q+}')
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => {
    const greedy = parts.indexOf('{q+}')
    return `/${(greedy < 0 ? parts : parts.slice(0, greedy + 1)).join('/')}`
  })
  const routes = fc
    .uniqueArray(fc.tuple(fc.constantFrom('GET', 'ANY'), path), { selector: ([m, p]) => `${m} ${p}`, maxLength: 8 })
    .map((pairs) => pairs.map(([method, resourcePath]) => route(method, resourcePath)))
  const request = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 5 }).map((parts) => `/${parts.join('/')}`)
  fc.assert(
    fc.property(routes, request, fc.constantFrom('GET', 'POST'), (described, requested, method) => {
      const forwards = compileRoutes(described)(method, requested)
      const backwards = compileRoutes(described.toReversed())(method, requested)
      expect(backwards).toEqual(forwards)
    }),
  )
})

test('a greedy resource takes every path below it, unchanged', () => {
  const match = compileRoutes([route('ANY', '/{proxy+}')])
  const segment = fc.stringMatching(/^[A-Za-z0-9._~%-]{1,8}$/)
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (segments) => {
      expect(match('POST', `/${segments.join('/')}`)?.pathParameters).toEqual({ proxy: segments.join('/') })
    }),
  )
})
