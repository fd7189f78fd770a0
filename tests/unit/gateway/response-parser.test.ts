import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { ResponseParser, type Progress } from '../../../services/gateway/integrations/response-parser.ts'

interface Read {
  progress: Progress
  status: number
  headers: readonly string[]
  body: string
  isReusable: boolean
}

/** Reads a response in the given pieces; `ends` closes the connection after them. */
function read(pieces: readonly string[], { method = 'GET', ends = false } = {}): Read {
  let body = ''
  const parser = new ResponseParser(method, (chunk) => {
    body += chunk.toString('latin1')
    return true
  })
  let progress: Progress = 'more'
  for (const piece of pieces) {
    if (progress !== 'more') break
    const bytes = Buffer.from(piece, 'latin1')
    progress = parser.push(bytes)
    bytes.fill(0) // the connection reads into the same memory again
  }
  if (ends && progress === 'more') progress = parser.end()
  const { status, headers, isReusable } = parser
  return { progress, status, headers, body, isReusable }
}

const responses = [
  { what: 'a sized body', text: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', body: 'hello', isReusable: true },
  { what: 'no body', text: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', body: '', isReusable: true },
  { what: '204', text: 'HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n', body: '', isReusable: true },
  {
    what: '304 with a length',
    text: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
    body: '',
    isReusable: true,
  },
  {
    what: 'chunks with extensions and trailers',
    text: 'HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nX: y\r\n\r\n',
    body: 'hello',
    isReusable: true,
  },
  {
    what: 'interim answers first',
    text: 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
    body: 'a',
    isReusable: true,
  },
  {
    what: 'a server that closes',
    text: 'HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\na',
    body: 'a',
    isReusable: false,
  },
  { what: 'HTTP/1.0', text: 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na', body: 'a', isReusable: false },
  {
    what: 'HTTP/1.0 kept alive',
    text: 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na',
    body: 'a',
    isReusable: true,
  },
] as const

describe('a response', () => {
  it.each(responses)('with $what is read', ({ text, body, isReusable }) => {
    expect(read([text])).toMatchObject({ progress: 'done', body, isReusable })
  })

  test('without a length is read until the connection ends', () => {
    expect(read(['HTTP/1.1 200 OK\r\n\r\nhel', 'lo'], { ends: true })).toMatchObject({
      progress: 'done',
      body: 'hello',
      isReusable: false,
    })
  })

  test('to HEAD has no body, whatever its length says', () => {
    expect(read(['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'], { method: 'HEAD' })).toMatchObject({
      progress: 'done',
      body: '',
    })
  })

  test('keeps its headers in order, names in lower case', () => {
    const { headers } = read([
      'HTTP/1.1 200 OK\r\nX-A:  1 \r\nSet-Cookie: a\r\nset-cookie: b\r\nX-Empty:\r\nContent-Length: 0\r\n\r\n',
    ])
    expect(headers).toEqual(['x-a', '1', 'set-cookie', 'a', 'set-cookie', 'b', 'x-empty', '', 'content-length', '0'])
  })

  test('with bytes after its end is done, its connection not used again', () => {
    expect(read(['HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc'])).toMatchObject({
      progress: 'done',
      body: 'a',
      isReusable: false,
    })
  })

  it.each([
    { what: 'no HTTP', text: 'SSH-2.0\r\n\r\n' },
    { what: 'HTTP/2', text: 'HTTP/2 200\r\n\r\n' },
    { what: 'two lengths', text: 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n' },
    { what: 'a negative length', text: 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n' },
    { what: 'a length and chunks', text: 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n' },
    { what: 'another transfer encoding', text: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n' },
    { what: 'a folded header', text: 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n' },
    { what: 'a space before a colon', text: 'HTTP/1.1 200 OK\r\nX : a\r\n\r\n' },
    { what: 'a header without a colon', text: 'HTTP/1.1 200 OK\r\nhello\r\n\r\n' },
    { what: 'a control character in a value', text: 'HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n' },
    { what: 'a bare line feed in a value', text: 'HTTP/1.1 200 OK\r\nX: a\nY: b\r\n\r\n' },
    { what: 'a chunk size that is none', text: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n' },
    { what: 'a chunk longer than it says', text: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n' },
    { what: 'another protocol', text: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n' },
    { what: 'a head that never ends', text: `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(70_000)}` },
  ])('with $what fails', ({ text }) => {
    expect(read([text])).toMatchObject({ progress: 'failed', isReusable: false })
  })

  it.each(responses.filter(({ text }) => !text.includes('\r\n\r\n\r\n')))(
    'with $what fails when it is cut anywhere',
    ({ text }) => {
      for (let length = 0; length < text.length; length += 1)
        expect(read([text.slice(0, length)], { ends: true }).progress).toBe('failed')
    },
  )
})

test('the answer does not depend on how its bytes are cut', () => {
  fc.assert(
    fc.property(fc.constantFrom(...responses), fc.array(fc.nat(160), { maxLength: 12 }), ({ text }, cuts) => {
      const points = [0, ...cuts.map((cut) => cut % text.length).toSorted((a, b) => a - b), text.length]
      const pieces = points.slice(1).map((point, index) => text.slice(points[index], point))
      expect(read(pieces)).toEqual(read([text]))
    }),
  )
})

test('chunks carry any bytes', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 6 }), (chunks) => {
      const texts = chunks.map((chunk) => Buffer.from(chunk).toString('latin1'))
      const encoded = [...texts, ''].map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')
      const { progress, body } = read([`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${encoded}`])
      expect([progress, body]).toEqual(['done', texts.join('')])
    }),
  )
})
