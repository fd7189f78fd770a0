import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { parseTarget } from '../../../services/gateway/request-target.ts'

describe('the request target', () => {
  it.each([
    { target: '/test/topics/a', stage: 'test', path: '/topics/a', query: '' },
    { target: '/test', stage: 'test', path: '/', query: '' },
    { target: '/test?x=1', stage: 'test', path: '/', query: 'x=1' },
    { target: '/test/a?x=/../y&x=2', stage: 'test', path: '/a', query: 'x=/../y&x=2' },
    { target: '/', stage: '', path: '/', query: '' },
    { target: '//test/a', stage: '', path: '/test/a', query: '' },
    { target: '/test//a//b', stage: 'test', path: '/a//b', query: '' },
    { target: '/test/a%20b%2Fc', stage: 'test', path: '/a%20b%2Fc', query: '' },
    { target: '/test/../admin', stage: 'admin', path: '/', query: '' },
    { target: '/test/../../etc/passwd', stage: 'etc', path: '/passwd', query: '' },
    { target: '/test/%2e%2e/admin', stage: 'admin', path: '/', query: '' },
    { target: '/test/.%2E/.%2e/admin/x', stage: 'admin', path: '/x', query: '' },
    { target: '/test/a/./b/../c', stage: 'test', path: '/a/c', query: '' },
    { target: '/test/a/..', stage: 'test', path: '/', query: '' },
    { target: '/test/..', stage: '', path: '/', query: '' },
    { target: '/test/...', stage: 'test', path: '/...', query: '' },
    { target: '/test/a..b', stage: 'test', path: '/a..b', query: '' },
    { target: '/test/a#/../b', stage: 'test', path: '/a', query: '' },
    { target: 'http://elsewhere.example/test/a?b', stage: 'test', path: '/a', query: 'b' },
    { target: 'http://elsewhere.example', stage: '', path: '/', query: '' },
    { target: 'HTTPS://u:p@elsewhere.example:1/test/a', stage: 'test', path: '/a', query: '' },
  ])('$target is $path of stage "$stage"', ({ target, stage, path, query }) => {
    expect(parseTarget(target)).toEqual({ stage, path, query })
  })

  it.each(['*', 'example.com:443', 'ftp://example.com/test', ''])('%o is no path', (target) => {
    expect(parseTarget(target)).toBeUndefined()
  })
})

test('no path leaves its stage by dot segments, however they are written', () => {
  const dots = fc.constantFrom('.', '..', '%2e', '%2E%2e', '.%2e', 'a', 'b%2f', '')
  fc.assert(
    fc.property(fc.array(dots, { maxLength: 8 }), (segments) => {
      const target = parseTarget(`/test/${segments.join('/')}`)
      const kept = (target?.path ?? '').split('/').map((segment) => segment.replaceAll(/%2e/gi, '.'))
      expect(kept.some((segment) => segment === '.' || segment === '..')).toBe(false)
    }),
  )
})
