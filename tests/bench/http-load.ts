import { readFile } from 'node:fs/promises'
import { Pool } from 'undici'
import { awsSigner, type AwsSignerOptions } from '../../clients/aws-signature.ts'

/**
 * A load client in a process of its own: sends one body over and over, `concurrency` requests under way at a time, and prints
 * `{requests, seconds, statuses}` as JSON. `node tests/bench/http-load.ts '{"url":…,"contentType":…,"body":…,"requests":N}'`
 */
export interface LoadOptions {
  readonly url: string
  /** POST unless named. */
  readonly method?: 'POST' | 'PUT'
  /** Signs each request anew, for this action. */
  readonly aws?: AwsSignerOptions & { readonly target: string }
  readonly contentType: string
  /** The text, or the file that holds it: an argument of a process is bounded. */
  readonly body: string | { readonly path: string }
  readonly requests: number
  readonly concurrency: number
}
export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  readonly statuses: Readonly<Record<string, number>>
}

const options = JSON.parse(process.argv[2] ?? '{}') as LoadOptions
const { url, method = 'POST', aws, contentType, body, requests, concurrency } = options
const { origin, host, pathname } = new URL(url)
const pool = new Pool(origin, { connections: concurrency, pipelining: 1 })
const payload = typeof body === 'string' ? Buffer.from(body) : await readFile(body.path)
const plainHeaders = ['content-type', contentType, 'accept', 'application/vnd.kafka.v2+json']
const sign = aws && awsSigner(aws)
const signedHeaders = { 'content-type': contentType, 'x-amz-target': aws?.target ?? '' }
const statuses: Record<string, number> = {}
let sent = 0

function send(): Promise<number> {
  const headers = sign ? sign({ host, headers: signedHeaders, body: payload }) : plainHeaders
  return new Promise((resolve) => {
    let status = 0
    pool.dispatch(
      { method, path: pathname, headers, body: payload },
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
}

const worker = async (): Promise<void> => {
  while (sent < requests) {
    sent += 1
    const status = String(await send())
    statuses[status] = (statuses[status] ?? 0) + 1
  }
}

const startMs = performance.now()
await Promise.all(Array.from({ length: concurrency }, worker))
const seconds = (performance.now() - startMs) / 1_000
await pool.close()
process.stdout.write(JSON.stringify({ requests: sent, seconds, statuses } satisfies LoadResult))
