import { kafkaClient } from '../../clients/kafka.ts'
import { startKafka } from '../support/services.ts'
import type { BareOptions } from './bare-producer.ts'
import type { LoadOptions, LoadResult } from './http-load.ts'
import { runScript, startServerScript, startServiceProcess } from './processes.ts'
import { type BenchResult, median, ratios } from './result.ts'

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
  await using proxy = await startServiceProcess('rest-proxy', { port: 0, brokers: kafka.brokers })
  await using straight = await startServerScript('tests/bench/straight-proxy.ts', { brokers: kafka.brokers })

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

async function makeTopic(brokers: readonly string[]): Promise<void> {
  const admin = kafkaClient({ brokers, clientId: 'bench' }).admin()
  await admin.connect()
  // The client takes a topic that is not known everywhere yet for a failure.
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 3 }] })
  await admin.disconnect()
}

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
