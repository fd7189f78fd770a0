import { describe, expect, it } from 'vitest'
import { sortHeaders } from '../../../services/gateway/request-headers.ts'
import { integrationRequestHeaders, methodResponseHeaders } from '../../../services/gateway/headers.ts'

const forwarded = { sourceIp: '127.0.0.1', port: '18080', traceId: 'Root=1-0-0' }
const sent = (...rawHeaders: string[]): Record<string, string> => {
  const flat = integrationRequestHeaders(sortHeaders(rawHeaders), forwarded)
  return Object.fromEntries(
    flat.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), flat[index + 1]!]] : [])),
  )
}

describe('headers to the backend', () => {
  it.each([
    'Connection',
    'Content-Length',
    'Content-MD5',
    'Expect',
    'Host',
    'Keep-Alive',
    'Max-Forwards',
    'Proxy-Authenticate',
    'Proxy-Connection',
    'Server',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Via',
    'WWW-Authenticate',
  ])('%s is dropped', (name) => {
    expect(sent(name, 'x')).not.toHaveProperty(name.toLowerCase())
  })

  it.each([
    'Accept',
    'Authorization',
    'Content-Encoding',
    'Content-Type',
    'Cookie',
    'Range',
    'Referer',
    'X-Anything',
    'Constructor',
    '__proto__',
  ])('%s passes', (name) => {
    expect(sent(name, 'x')).toHaveProperty(name.toLowerCase(), 'x')
  })

  it('drops what Connection names', () => {
    expect(sent('Connection', 'close, X-Hop', 'X-Hop', '1', 'X-End', '2')).not.toHaveProperty('x-hop')
    expect(sent('X-Hop', '1', 'Connection', 'close, X-Hop', 'X-End', '2')).toHaveProperty('x-end', '2')
  })

  it('says where the request came from, over what the client claims', () => {
    expect(
      sent('X-Forwarded-For', '10.0.0.1', 'X-Forwarded-Proto', 'https', 'x-amzn-apigateway-api-id', 'forged'),
    ).toMatchObject({
      'x-forwarded-for': '10.0.0.1, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '18080',
      'x-amzn-apigateway-api-id': 'pinlab0api',
    })
  })

  it('names itself only when the client has no user agent', () => {
    expect(sent()).toHaveProperty('user-agent', 'AmazonAPIGateway_pinlab0api')
    expect(sent('User-Agent', 'curl')).toHaveProperty('user-agent', 'curl')
  })

  it('keeps repeated headers in order', () => {
    const flat = integrationRequestHeaders(sortHeaders(['X-A', '1', 'x-a', '2']), forwarded)
    expect(flat.slice(0, 4)).toEqual(['X-A', '1', 'x-a', '2'])
  })
})

describe('headers to the client', () => {
  it.each(['connection', 'content-length', 'date', 'server', 'www-authenticate', 'x-amzn-requestid', 'user-agent'])(
    '%s is remapped',
    (name) => {
      expect(methodResponseHeaders({ [name]: 'x' })).toEqual([`x-amzn-remapped-${name}`, 'x'])
    },
  )

  it.each(['transfer-encoding', 'keep-alive', 'via', 'te', 'trailer', 'upgrade', 'proxy-authenticate', 'expect'])(
    '%s is dropped',
    (name) => {
      expect(methodResponseHeaders({ [name]: 'x' })).toEqual([])
    },
  )

  it('passes the rest, repeated ones too', () => {
    expect(methodResponseHeaders({ 'content-encoding': 'gzip', 'set-cookie': ['a', 'b'], etag: '"1"' })).toEqual([
      'content-encoding',
      'gzip',
      'set-cookie',
      'a',
      'set-cookie',
      'b',
      'etag',
      '"1"',
    ])
  })
})
