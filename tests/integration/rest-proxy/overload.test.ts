import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startKafka, type TestKafka } from '../../support/services.ts'
import { call, json, makeTopics, produce, readLog } from './support.ts'

const mebibyte = 1024 * 1024
const maxInFlightBytes = 16 * mebibyte
const maxInFlightRequests = 200

let kafka: TestKafka
let proxy: ChildProcess
let url: string
let port: number

beforeAll(async () => {
  kafka = await startKafka({ port: 24_592 })
  await makeTopics(kafka.brokers, ['crowd', 'held', 'half', 'piped'])
  const config = { port: 0, brokers: kafka.brokers, requestTimeoutMs: 3_000, maxInFlightRequests, maxInFlightBytes }
  proxy = spawn(process.execPath, [join(import.meta.dirname, '../../../services/rest-proxy/main.ts')], {
    env: { ...process.env, PINLAB_CONFIG: JSON.stringify(config) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const { promise, resolve } = Promise.withResolvers<string>()
  createInterface(proxy.stderr!).on('line', (line) => {
    const listening = /"url":"(http[^"]+)"/.exec(line)?.[1]
    if (listening !== undefined) resolve(listening)
  })
  url = await promise
  port = Number(new URL(url).port)
  await vi.waitFor(async () => {
    expect((await produce(url, 'crowd', [{ value: 'warm' }])).status).toBe(200)
  })
})
afterAll(async () => {
  const exit = once(proxy, 'exit')
  proxy.kill('SIGTERM')
  expect((await exit)[0]).toBe(0)
  await kafka[Symbol.asyncDispose]()
})

const residentBytes = async (): Promise<number> => {
  const status = await readFile(`/proc/${String(proxy.pid)}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024
}

/** Sends bytes as they are and resolves with all that comes back until the connection ends, however it ends. */
function raw(...chunks: (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  for (const chunk of chunks) socket.write(chunk)
  let answer = ''
  return new Promise((resolve) => {
    socket.on('data', (data) => (answer += String(data)))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      resolve(answer)
    })
  })
}

const head = (topic: string, length: number, more = ''): string =>
  `POST /topics/${topic} HTTP/1.1\r\nHost: h\r\nContent-Type: ${json}\r\nContent-Length: ${String(length)}\r\n${more}\r\n`

it('answers 10,000 requests at once, each 200 or 429, and keeps what it acknowledged', async () => {
  const agent = new Agent({ connections: 10_000, pipelining: 1 })
  const before = await residentBytes()
  const body = (at: number): string => JSON.stringify({ records: [{ value: `${String(at)}:${'x'.repeat(1_000)}` }] })
  const answers = await Promise.all(
    Array.from({ length: 10_000 }, async (_, at) => {
      const answer = await request(`${url}/topics/crowd`, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': json },
        body: body(at),
      })
      return {
        at,
        status: answer.statusCode,
        retryAfter: answer.headers['retry-after'],
        text: await answer.body.text(),
      }
    }),
  )
  await agent.close()
  const grown = (await residentBytes()) - before
  const ofStatus = (status: number): typeof answers => answers.filter((answer) => answer.status === status)
  expect(ofStatus(200).length + ofStatus(429).length).toBe(10_000)
  expect(ofStatus(200).length).toBeGreaterThan(0)
  for (const { retryAfter, text } of ofStatus(429)) {
    expect(retryAfter).toBe('1')
    expect(JSON.parse(text)).toMatchObject({ error_code: 429 })
  }
  const log = await readLog(kafka.brokers, 'crowd')
  for (const { at, text } of ofStatus(200)) {
    const { offsets } = JSON.parse(text) as { offsets: { partition: number; offset: number }[] }
    const { partition, offset } = offsets[0]!
    expect(log.get(`${String(partition)}:${String(offset)}`)?.startsWith(`"${String(at)}:`)).toBe(true)
  }
  expect(grown).toBeLessThan(256 * mebibyte)
}, 120_000)

it('bounds the memory of bodies that are held open, refuses what is beyond, and lets go of them in time', async () => {
  const before = await residentBytes()
  const chunk = Buffer.alloc(mebibyte, 0x20)
  const answers = Array.from({ length: 60 }, () => raw(head('held', 2 * mebibyte), chunk))
  // 60 MiB are on their way, 16 are taken; a small request is still served or refused at once.
  const { status } = await produce(url, 'held', [{ value: 1 }])
  expect([200, 429]).toContain(status)
  expect((await residentBytes()) - before).toBeLessThan(200 * mebibyte)
  const statuses = (await Promise.all(answers)).map((answer) => answer.slice(9, 12))
  expect(new Set(statuses)).toEqual(new Set(['408', '429']))
  await vi.waitFor(async () => {
    expect((await produce(url, 'held', [{ value: 2 }])).status).toBe(200)
  })
  expect([...(await readLog(kafka.brokers, 'held')).values()].filter((value) => value !== '1')).toEqual(['2'])
}, 60_000)

it('refuses at once what comes when all places are taken', async () => {
  const sockets: Socket[] = []
  const holdPlaces = (count: number): void => {
    for (let place = 0; place < count; place += 1) {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => socket.destroy())
      socket.write(head('held', 10))
      sockets.push(socket)
    }
  }
  holdPlaces(maxInFlightRequests)
  try {
    await vi.waitFor(
      async () => {
        holdPlaces(1) // in the place that an earlier try of this loop had while the others came
        const startMs = performance.now()
        expect(await call('GET', `${url}/topics`)).toMatchObject({ status: 429, body: { error_code: 429 } })
        expect(performance.now() - startMs).toBeLessThan(1_000)
      },
      { timeout: 2_500, interval: 10 },
    )
  } finally {
    for (const socket of sockets) socket.destroy()
  }
  await vi.waitFor(async () => {
    expect((await call('GET', `${url}/topics`)).status).toBe(200)
  })
})

it('never produces half a request', async () => {
  const body = JSON.stringify({ records: [{ value: 'half' }] })
  for (const sent of [0, 1, body.length - 1]) {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.end(head('half', body.length) + body.slice(0, sent))
    socket.resume()
    await once(socket, 'close')
  }
  const [, answer] = await Promise.all([
    raw(head('half', 100)),
    raw(head('half', body.length, 'Connection: close\r\n') + body),
  ])
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect([...(await readLog(kafka.brokers, 'half')).values()]).toEqual(['"half"'])
})

it.each([
  {
    what: 'headers over 8 KiB',
    bytes: `GET /topics HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(9_000)}\r\n\r\n`,
    status: 431,
  },
  { what: 'what is not HTTP', bytes: 'hello\r\n\r\n', status: 400 },
  { what: 'a client that stops within its headers', bytes: 'GET /topics HTTP/1.1\r\nHost: h\r\n', status: 408 },
  { what: 'a client that stops within its body', bytes: head('half', 100) + '{"records"', status: 408 },
])('$what -> $status and the connection ends', async ({ bytes, status }) => {
  const answer = await raw(bytes)
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${String(status)} `))
  expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ error_code: status })
})

it('answers pipelined requests in their order', async () => {
  const post = (value: number): string => {
    const body = JSON.stringify({ records: [{ value, partition: 0 }] })
    return head('piped', body.length) + body
  }
  const answer = await raw(`${post(0)}${post(1)}GET /brokers HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)
  const bodies = answer.match(/\{"(?:offsets|brokers)".*?(?=HTTP|$)/gs)!.map((body) => JSON.parse(body) as object)
  expect(bodies).toMatchObject([{ offsets: [{ offset: 0 }] }, { offsets: [{ offset: 1 }] }, { brokers: [1] }])
})

it.each([{ chunked: false }, { chunked: true }])('an 11 MiB body (chunked: $chunked) -> 413', async ({ chunked }) => {
  const big = Buffer.alloc(11 * mebibyte, 0x20)
  const answer = await request(`${url}/topics/held`, {
    method: 'POST',
    headers: { 'content-type': json },
    body: chunked ? Readable.from([big.subarray(0, mebibyte), big.subarray(mebibyte)]) : big,
  })
  expect(answer.statusCode).toBe(413)
  expect(await answer.body.json()).toEqual({ error_code: 413, message: 'HTTP 413 Request Entity Too Large' })
})
