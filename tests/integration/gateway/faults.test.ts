import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, test } from 'vitest'
import { gatewayErrors } from '../../../contract/wire-errors.ts'
import { eventually, exchangeBytes, startBackend, startTestGateway } from './fixtures.ts'

/** A backend that answers each connection with scripted bytes. */
async function startScripted(onRequest: (socket: Socket) => void) {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => {
      onRequest(socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    sockets,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const post = (url: string): Promise<Response> => fetch(url, { method: 'POST', body: '{"records":[]}' })

describe('a backend that fails', () => {
  const networkError = gatewayErrors.INTEGRATION_FAILURE
  it.each([
    { what: 'resets the connection', script: (socket: Socket) => socket.resetAndDestroy(), row: networkError },
    { what: 'closes without an answer', script: (socket: Socket) => socket.end(), row: networkError },
    {
      what: 'closes in the middle of its headers',
      script: (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le'),
      row: networkError,
    },
    {
      what: 'closes in the middle of its body',
      script: (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"off'),
      row: networkError,
    },
    {
      what: 'closes in the middle of a chunked body',
      script: (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"off\r\n'),
      row: networkError,
    },
    { what: 'speaks no HTTP', script: (socket: Socket) => socket.end('SSH-2.0-x\r\n\r\n'), row: networkError },
    { what: 'never answers', script: () => undefined, row: gatewayErrors.INTEGRATION_TIMEOUT },
    {
      what: 'stalls in its body',
      script: (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"off'),
      row: gatewayErrors.INTEGRATION_TIMEOUT,
    },
  ])('$what -> $row.status $row.body', async ({ script, row }) => {
    await using backend = await startScripted(script)
    await using gateway = await startTestGateway({
      stageVariables: { restProxyHost: backend.host },
      integrationTimeoutMs: 300,
    })
    const response = await post(`${gateway.invokeUrl}/topics/a`)
    expect(response.status).toBe(row.status)
    expect(response.headers.get('x-amzn-errortype')).toBe(row.errorType)
    expect(await response.text()).toBe(row.body)
  })

  test('a refused connection is a network error, and the next request finds the backend again', async () => {
    const backend = await startBackend()
    const { host } = backend
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: host } })
    expect((await post(`${gateway.invokeUrl}/topics/a`)).status).toBe(200)
    await backend[Symbol.asyncDispose]()
    const refused = await post(`${gateway.invokeUrl}/topics/a`)
    expect([refused.status, await refused.text()]).toEqual([networkError.status, networkError.body])
    await using again = createTcpServerOn(host)
    await again.listening
    expect((await post(`${gateway.invokeUrl}/topics/a`)).status).toBe(204)
  })

  test('a timed out request is cut off at the backend and its connection not used again', async () => {
    await using backend = await startScripted(() => undefined)
    await using gateway = await startTestGateway({
      stageVariables: { restProxyHost: backend.host },
      integrationTimeoutMs: 100,
    })
    expect((await post(`${gateway.invokeUrl}/topics/a`)).status).toBe(504)
    await eventually(() => [...backend.sockets].every((socket) => socket.destroyed || socket.readableEnded))
    expect((await post(`${gateway.invokeUrl}/topics/a`)).status).toBe(504)
    expect(backend.sockets.size).toBe(2)
  })

  test('a request is sent to the backend once, whatever becomes of it', async () => {
    let requests = 0
    await using backend = await startScripted((socket) => {
      requests += 1
      socket.resetAndDestroy()
    })
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    expect((await post(`${gateway.invokeUrl}/topics/a`)).status).toBe(504)
    expect((await fetch(`${gateway.invokeUrl}/topics`)).status).toBe(504)
    expect(requests).toBe(2)
  })
})

function createTcpServerOn(host: string) {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n'))
  })
  const listening = new Promise((resolve) => server.once('listening', resolve))
  server.listen(Number(host.split(':')[1]), '127.0.0.1')
  return {
    listening,
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe('what a backend may answer', () => {
  it.each([
    { what: '204 without a body', status: 204 },
    { what: '304 without a body', status: 304 },
    { what: '404 with a body', status: 404, body: '{"error_code":40401}' },
    { what: '500 with a body', status: 500, body: '{"error_code":50002}' },
    { what: '302, which is passed on and not followed', status: 302, body: 'moved' },
  ])('$what', async ({ status, body }) => {
    await using backend = await startBackend((_request, response) => {
      response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {}).end(body)
    })
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    const response = await fetch(`${gateway.invokeUrl}/topics/a`, { redirect: 'manual' })
    expect(response.status).toBe(status)
    expect(await response.text()).toBe(body ?? '')
  })

  test('HEAD answers the backend’s length and no body', async () => {
    await using backend = await startBackend((_request, response) => {
      response.writeHead(200, { 'content-length': 1_234 }).end()
    })
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    const { text } = await exchangeBytes(
      gateway.port,
      'HEAD /test/topics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    )
    const [head, body] = text.split('\r\n\r\n')
    expect(head?.toLowerCase()).toContain('\r\ncontent-length: 1234')
    expect(body).toBe('')
  })

  test('a chunked answer comes whole, with its length', async () => {
    const piece = 'x'.repeat(100_000)
    await using backend = await startBackend((_request, response) => {
      response.write(piece)
      response.write(piece)
      response.end('end')
    })
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    const response = await fetch(`${gateway.invokeUrl}/topics`)
    expect(response.headers.get('content-length')).toBe('200003')
    expect(response.headers.get('transfer-encoding')).toBeNull()
    expect(await response.text()).toBe(`${piece}${piece}end`)
  })

  test('an answer without a length ends with its connection', async () => {
    await using backend = await startScripted((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n{"topics":[]}'))
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    const response = await fetch(`${gateway.invokeUrl}/topics`)
    expect([response.status, await response.text()]).toEqual([200, '{"topics":[]}'])
  })

  test('a connection that the backend closed while it was idle is not used again', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'
    await using backend = await startScripted((socket) => {
      socket.write(answer)
      setTimeout(() => socket.end(), 20)
    })
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    for (let request = 1; request <= 3; request += 1) {
      expect((await post(`${gateway.invokeUrl}/topics/a`)).status).toBe(200)
      await eventually(() => [...backend.sockets].every((socket) => socket.destroyed))
    }
    expect(backend.sockets.size).toBe(3)
  })

  test('a connection that says how long it lives is not used in its last second', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\n{}'
    await using backend = await startScripted((socket) => socket.write(answer))
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    expect((await post(`${gateway.invokeUrl}/topics/a`)).status).toBe(200)
    expect((await post(`${gateway.invokeUrl}/topics/a`)).status).toBe(200)
    expect(backend.sockets.size).toBe(2)
  })

  test('an encoded answer stays encoded', async () => {
    await using backend = await startBackend((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"topics":[]}'))
    })
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    expect(await (await fetch(`${gateway.invokeUrl}/topics`)).text()).toBe('{"topics":[]}')
  })

  it.each([
    { what: 'exactly 10 MB', bytes: 10_485_760, status: 200 },
    { what: 'one byte more', bytes: 10_485_761, status: 500 },
  ])('$what -> $status', async ({ bytes, status }) => {
    await using backend = await startBackend((_request, response) => {
      response.end(Buffer.alloc(bytes, 'a'))
    })
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    const response = await fetch(`${gateway.invokeUrl}/topics`)
    expect(response.status).toBe(status)
    const body = await response.text()
    if (status === 200) expect(body.length).toBe(bytes)
    else expect(body).toBe(gatewayErrors.RESPONSE_TOO_LARGE.body)
  })

  test('bytes of a body pass unchanged in both directions', async () => {
    const bytes = Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7) % 256))
    await using backend = await startBackend((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(backend.seen[0]?.body)
    })
    await using gateway = await startTestGateway({ stageVariables: { restProxyHost: backend.host } })
    const response = await fetch(`${gateway.invokeUrl}/topics`, { method: 'POST', body: bytes })
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true)
  })
})
