import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { kafkaClient } from '../../clients/kafka.ts'
import { startKafka } from '../support/services.ts'
import type { BareOptions } from './bare-producer.ts'
import type { LoadOptions, LoadResult } from './http-load.ts'
import { type BenchResult, median } from './result.ts'

export const name = 'rest-proxy'

const rounds = 5
const concurrency = 32
const recordsPerBatch = 100
const batches = 800
const topic = 'bench'
const value = 'x'.repeat(1_000)
const contentType = 'application/vnd.kafka.json.v2+json'
const body = (records: number): string =>
  JSON.stringify({ records: Array.from({ length: records }, () => ({ value })) })

/**
 * Single-record requests against the straight way, and requests of 100 records against bare kafkajs: 1 KB values, 32 under way,
 * servers and load clients each in a process of their own, medians over five interleaved rounds on one broker.
 */
export async function run(): Promise<BenchResult[]> {
  await using kafka = await startKafka({ port: 24_292 })
  await makeTopic(kafka.brokers)
  await using proxy = await startServer('services/rest-proxy/main.ts', [], {
    PINLAB_CONFIG: JSON.stringify({ port: 0, brokers: kafka.brokers }),
  })
  await using straight = await startServer('tests/bench/straight-proxy.ts', [
    JSON.stringify({ brokers: kafka.brokers }),
  ])

  const single = (url: string, requests: number): Promise<number> =>
    load({ url: `${url}/topics/${topic}`, contentType, body: body(1), requests, concurrency })
  const hundred = async (): Promise<number> =>
    recordsPerBatch *
    (await load({
      url: `${proxy.url}/topics/${topic}`,
      contentType,
      body: body(recordsPerBatch),
      requests: batches,
      concurrency,
    }))
  const bare = (): Promise<number> =>
    bareRate({
      brokers: kafka.brokers,
      topic,
      value: JSON.stringify(value),
      recordsPerBatch,
      batches,
      concurrency,
    })

  // Once each to warm up: just-in-time compilation, connections, the log's first segments.
  await Promise.all([single(proxy.url, 500), single(straight.url, 500)])
  await hundred()
  const rates = { coalesced: [] as number[], straight: [] as number[], hundred: [] as number[], bare: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    rates.coalesced.push(await single(proxy.url, 6_000))
    rates.straight.push(await single(straight.url, 2_000))
    rates.hundred.push(await hundred())
    rates.bare.push(await bare())
  }
  return [
    { name: 'REST proxy, one record a request', value: median(rates.coalesced), unit: 'requests/s' },
    {
      name: 'REST proxy, one record a request, against a produce a request',
      value: median(ratios(rates.coalesced, rates.straight)),
      unit: '×',
      limit: { atLeast: 3 },
    },
    { name: 'REST proxy, 100 records a request', value: median(rates.hundred), unit: 'records/s' },
    {
      name: 'REST proxy, 100 records a request, against bare kafkajs',
      value: median(ratios(rates.hundred, rates.bare)),
      unit: '×',
      limit: { atLeast: 0.7 },
    },
  ]
}

/** Of the same round, as what else the machine does changes from round to round. */
const ratios = (a: readonly number[], b: readonly number[]): number[] => a.map((rate, round) => rate / b[round]!)

async function makeTopic(brokers: readonly string[]): Promise<void> {
  const admin = kafkaClient({ brokers, clientId: 'bench' }).admin()
  await admin.connect()
  // The client takes a topic that is not known everywhere yet for a failure.
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 3 }] })
  await admin.disconnect()
}

const script = (path: string): string => join(import.meta.dirname, '..', '..', path)

/** Requests a second. */
async function load(options: LoadOptions): Promise<number> {
  const { requests, seconds, statuses } = await runScript<LoadResult>('tests/bench/http-load.ts', options)
  if (statuses['200'] !== requests) throw new Error(`not every request was answered 200: ${JSON.stringify(statuses)}`)
  return requests / seconds
}

/** Records a second. */
async function bareRate(options: BareOptions): Promise<number> {
  const { records, seconds } = await runScript<{ records: number; seconds: number }>(
    'tests/bench/bare-producer.ts',
    options,
  )
  return records / seconds
}

async function runScript<T>(path: string, options: object): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [script(path), JSON.stringify(options)])
  return JSON.parse(stdout) as T
}

interface Server extends AsyncDisposable {
  readonly url: string
}

/** Resolves at the first line of its output that holds an address. */
async function startServer(path: string, args: string[], env: Record<string, string> = {}): Promise<Server> {
  const child = spawn(process.execPath, [script(path), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const url = await Promise.race([addressOf(child), endOf(child, path)])
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    },
  }
}

function addressOf({ stdout, stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    for (const stream of [stdout, stderr]) {
      if (stream === null) continue
      createInterface(stream).on('line', (line) => {
        const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
        if (address !== undefined) resolve(address)
      })
    }
  })
}

async function endOf(child: ChildProcess, path: string): Promise<never> {
  await once(child, 'exit')
  throw new Error(`${path} ended before it listened`)
}
