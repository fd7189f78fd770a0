import { connect } from 'node:net'
import { describe, expect, it, test } from 'vitest'
import { eventually, exchangeBytes, startBackend, startTestGateway, type Backend } from './fixtures.ts'

const gatewayFor = (backend: Backend, settings = {}) =>
  startTestGateway({ stageVariables: { restProxyHost: backend.host }, ...settings })

const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1])

describe('requests that try to get round the gateway', () => {
  it.each([
    { what: 'dot segments out of the stage', line: 'GET /test/../admin HTTP/1.1', status: 403, seen: [] },
    { what: 'encoded dot segments', line: 'GET /test/%2e%2e/admin HTTP/1.1', status: 403, seen: [] },
    { what: 'dot segments inside', line: 'GET /test/topics/../brokers HTTP/1.1', status: 200, seen: ['/brokers'] },
    {
      what: 'an encoded slash',
      line: 'GET /test/topics/..%2f..%2fx HTTP/1.1',
      status: 200,
      seen: ['/topics/..%2f..%2fx'],
    },
    { what: 'two slashes first', line: 'GET //evil.example/test HTTP/1.1', status: 403, seen: [] },
    {
      what: 'two slashes after the stage',
      line: 'GET /test//evil.example/x HTTP/1.1',
      status: 200,
      seen: ['/evil.example/x'],
    },
    { what: 'a user part', line: 'GET /test/@evil.example/x HTTP/1.1', status: 200, seen: ['/@evil.example/x'] },
    {
      what: 'an absolute URL in the path',
      line: 'GET /test/http://evil.example/x HTTP/1.1',
      status: 200,
      seen: ['/http://evil.example/x'],
    },
    { what: 'an absolute-form target', line: 'GET http://evil.example/test/x HTTP/1.1', status: 200, seen: ['/x'] },
    { what: 'a backslash', line: 'GET /test\\..\\x HTTP/1.1', status: 403, seen: [] },
    { what: 'OPTIONS *', line: 'OPTIONS * HTTP/1.1', status: 403, seen: [] },
    { what: 'CONNECT', line: 'CONNECT evil.example:443 HTTP/1.1', status: 403, seen: [] },
    { what: 'TRACE', line: 'TRACE /test/x HTTP/1.1', status: 403, seen: [] },
  ])('$what: $line -> $status', async ({ line, status, seen }) => {
    await using backend = await startBackend()
    await using gateway = await gatewayFor(backend)
    const { text } = await exchangeBytes(gateway.port, `${line}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`)
    expect(statusOf(text)).toBe(status)
    expect(backend.seen.map(({ url }) => url)).toEqual(seen)
    for (const { headers } of backend.seen) expect(headers.host).toBe(backend.host)
  })
})

describe('requests that are no requests', () => {
  const head = 'POST /test/x HTTP/1.1\r\nHost: x\r\n'
  it.each([
    { what: 'two lengths', bytes: `${head}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`, status: 400 },
    {
      what: 'a length and chunks',
      bytes: `${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      status: 400,
    },
    { what: 'chunked, not last', bytes: `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, status: 400 },
    { what: 'a chunk size that is none', bytes: `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n`, status: 400 },
    { what: 'a space before the colon', bytes: `${head}Content-Length : 3\r\n\r\nabc`, status: 400 },
    { what: 'a header over two lines', bytes: `${head}X: a\r\n b: c\r\n\r\n`, status: 400 },
    { what: 'a null byte', bytes: `${head}X: a\0b\r\n\r\n`, status: 400 },
    { what: 'no HTTP', bytes: 'hello\r\n\r\n', status: 400 },
    { what: 'HTTP/1.1 without Host', bytes: 'GET /test/x HTTP/1.1\r\n\r\n', status: 400 },
    { what: '200 kB of one header', bytes: `${head}X: ${'a'.repeat(200_000)}\r\n\r\n`, status: 431 },
    { what: 'a TLS hello', bytes: '\x16\x03\x01\x02\x00\x01\x00', status: 400 },
  ])('$what -> $status, and the connection closes', async ({ bytes, status }) => {
    await using backend = await startBackend()
    await using gateway = await gatewayFor(backend)
    const { text, closed } = await exchangeBytes(gateway.port, bytes)
    expect(statusOf(text)).toBe(status)
    expect(closed).toBe(true)
    expect(backend.seen).toEqual([])
  })

  test('a request behind a forged length is never seen by the backend', async () => {
    await using backend = await startBackend()
    await using gateway = await gatewayFor(backend)
    const smuggled = 'GET /test/smuggled HTTP/1.1\r\nHost: x\r\n\r\n'
    await exchangeBytes(
      gateway.port,
      `${head}Content-Length: ${String(smuggled.length + 5)}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
      { timeoutMs: 500 },
    )
    expect(backend.seen).toEqual([])
  })
})

describe('clients that do not finish', () => {
  test('a client that leaves half-way costs the backend nothing', async () => {
    await using backend = await startBackend()
    await using gateway = await gatewayFor(backend)
    const head = 'POST /test/topics/a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"records"'
    await Promise.all(
      Array.from({ length: 50 }, () => exchangeBytes(gateway.port, head, { end: true, timeoutMs: 2_000 })),
    )
    expect((await fetch(`${gateway.invokeUrl}/topics`)).status).toBe(200)
    expect(backend.seen.map(({ method }) => method)).toEqual(['GET'])
  })

  test('a client that leaves before its answer does not stop the produce', async () => {
    let answered = false
    await using backend = await startBackend((_request, response) => {
      response.on('close', () => {
        answered = response.writableFinished
      })
      setTimeout(() => response.end('{}'), 100)
    })
    await using gateway = await gatewayFor(backend)
    await exchangeBytes(gateway.port, 'POST /test/topics/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}', {
      timeoutMs: 30,
    })
    await eventually(() => answered)
  })

  test('answers that nobody waits for any more are not held', async () => {
    let answered = 0
    await using backend = await startBackend((_request, response) => {
      setTimeout(() => response.end(Buffer.alloc(4_000_000), () => (answered += 1)), 100)
    })
    await using gateway = await gatewayFor(backend, { maxBufferedBytes: 10_485_760 })
    for (let leaver = 1; leaver <= 5; leaver += 1) {
      await exchangeBytes(gateway.port, 'GET /test/topics/a HTTP/1.1\r\nHost: x\r\n\r\n', { timeoutMs: 30 })
      await eventually(() => answered === leaver)
    }
    expect((await fetch(`${gateway.invokeUrl}/topics`)).status).toBe(200)
  })

  it.each([
    { what: 'its headers', bytes: 'GET /test/x HTTP/1.1\r\nHost: x\r\nX-Slow' },
    { what: 'its body', bytes: 'POST /test/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc' },
    { what: 'its chunks', bytes: 'POST /test/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n' },
  ])('a client that sends no end of $what is told 408 and cut off', async ({ bytes }) => {
    await using backend = await startBackend()
    await using gateway = await gatewayFor(backend, { requestTimeoutMs: 500 })
    const { text, closed } = await exchangeBytes(gateway.port, bytes)
    expect(statusOf(text)).toBe(408)
    expect(closed).toBe(true)
    expect(backend.seen).toEqual([])
  })

  test('bodies that hang hold no more memory than the bound, the rest is told 503, and it recovers', async () => {
    await using backend = await startBackend()
    const maxBufferedBytes = 10_485_760
    await using gateway = await gatewayFor(backend, { maxBufferedBytes })
    const half = 'x'.repeat(1_000_000)
    const head = 'POST /test/topics/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n'
    const hanging = Array.from({ length: 30 }, () => {
      const socket = connect(gateway.port, '127.0.0.1', () => socket.write(head + half))
      let text = ''
      socket.setEncoding('latin1')
      socket.on('data', (chunk: string) => (text += chunk))
      socket.on('error', () => undefined)
      return { socket, text: () => text }
    })
    await eventually(() => hanging.filter(({ text }) => text().startsWith('HTTP/1.1 503')).length >= 20)
    for (const { socket } of hanging) socket.destroy()
    const whole = Buffer.alloc(maxBufferedBytes - 1_000, 'a')
    const response = await retried(() => fetch(`${gateway.invokeUrl}/topics/a`, { method: 'POST', body: whole }))
    expect(response.status).toBe(200)
  })
})

/** The sockets' ends reach the gateway a moment after they were cut here. */
async function retried(send: () => Promise<Response>): Promise<Response> {
  const deadline = Date.now() + 5_000
  for (;;) {
    const response = await send()
    if (response.status !== 503 || Date.now() > deadline) return response
  }
}

test('a client that expects 100 Continue is told to go on, or is refused before it sends', async () => {
  await using backend = await startBackend()
  await using gateway = await gatewayFor(backend)
  const head = (bytes: number) =>
    `POST /test/topics/a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${String(bytes)}\r\n\r\n`
  const goOn = await exchangeBytes(gateway.port, head(2), { until: '\r\n\r\n' })
  expect(statusOf(goOn.text)).toBe(100)
  const tooLarge = await exchangeBytes(gateway.port, head(10_485_761), { until: '\r\n\r\n' })
  expect(statusOf(tooLarge.text)).toBe(413)
  const elsewhere = await exchangeBytes(gateway.port, head(2).replace('/test', '/prod'), { until: '\r\n\r\n' })
  expect(statusOf(elsewhere.text)).toBe(403)
})

test('requests on one connection are answered in their order', async () => {
  await using backend = await startBackend((request, response) => {
    setTimeout(() => response.end(request.url), request.url === '/1' ? 50 : 0)
  })
  await using gateway = await gatewayFor(backend)
  const get = (path: string, more = '') => `GET /test${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
  const { text } = await exchangeBytes(gateway.port, get('/1') + get('/2') + get('/3', 'Connection: close\r\n'))
  expect([...text.matchAll(/\r\n\r\n(\/\d)/g)].map(([, url]) => url)).toEqual(['/1', '/2', '/3'])
})
