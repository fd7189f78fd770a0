import { Pool } from 'undici'

/**
 * A load client in a process of its own: POSTs one body over and over, `concurrency` requests under way at a time, and prints
 * `{requests, seconds, statuses}` as JSON. `node tests/bench/http-load.ts '{"url":…,"contentType":…,"body":…,"requests":N}'`
 */
export interface LoadOptions {
  readonly url: string
  readonly contentType: string
  readonly body: string
  readonly requests: number
  readonly concurrency: number
}
export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  readonly statuses: Readonly<Record<string, number>>
}

const { url, contentType, body, requests, concurrency } = JSON.parse(process.argv[2] ?? '{}') as LoadOptions
const { origin, pathname } = new URL(url)
const pool = new Pool(origin, { connections: concurrency, pipelining: 1 })
const payload = Buffer.from(body)
const headers = ['content-type', contentType, 'accept', 'application/vnd.kafka.v2+json']
const statuses: Record<string, number> = {}
let sent = 0

const post = (): Promise<number> =>
  new Promise((resolve) => {
    let status = 0
    pool.dispatch(
      { method: 'POST', path: pathname, headers, body: payload },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, statusCode) => {
          status = statusCode
        },
        onResponseData: () => undefined,
        onResponseEnd: () => {
          resolve(status)
        },
        onResponseError: () => {
          resolve(0)
        },
      },
    )
  })

const worker = async (): Promise<void> => {
  while (sent < requests) {
    sent += 1
    const status = String(await post())
    statuses[status] = (statuses[status] ?? 0) + 1
  }
}

const startMs = performance.now()
await Promise.all(Array.from({ length: concurrency }, worker))
const seconds = (performance.now() - startMs) / 1_000
await pool.close()
process.stdout.write(JSON.stringify({ requests: sent, seconds, statuses } satisfies LoadResult))
