import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kafkaClient } from '../../clients/kafka.ts'
import { startKafka } from '../support/services.ts'
import type { LoadResult } from './http-load.ts'
import { runScript, startServiceProcess } from './processes.ts'
import { type BenchResult, median } from './result.ts'

export const name = 'gateway'

const rounds = 5
const requests = 6_000
const concurrency = 32
const topic = 'bench.pin'

/** About the size of a pin record. */
const body = JSON.stringify({ records: [{ value: { index: 7_528, description: 'x'.repeat(900) } }] })

/**
 * One record a request through the gateway, access log on, against the same load straight to the REST proxy: one broker,
 * every part in a process of its own, rounds interleaved.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pinlab-bench-'))
  await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
  await using kafka = await startKafka({ port: 25_092 })
  await makeTopic(kafka.brokers)
  await using proxy = await startServiceProcess('rest-proxy', { port: 0, brokers: kafka.brokers })
  await using gateway = await startServiceProcess('gateway', {
    port: 0,
    stage: 'test',
    stageVariables: { restProxyHost: new URL(proxy.url).host },
    accessLog: join(folder, 'access.log'),
  })
  // Warm: just-in-time compilation, connections, the log's first segments.
  await rate(proxy.url, 1_000)
  await rate(gateway.url, 1_000)
  const straight: number[] = []
  const through: number[] = []
  const cpuBefore = await gateway.cpuSeconds()
  for (let round = 0; round < rounds; round += 1) {
    straight.push(await rate(proxy.url, requests))
    through.push(await rate(gateway.url, requests))
  }
  const cpuSeconds = (await gateway.cpuSeconds()) - cpuBefore
  const ratios = through.map((value, round) => value / straight[round]!)
  return [
    { name: 'REST proxy, one record a request', value: median(straight), unit: 'requests/s' },
    { name: 'gateway + REST proxy, one record a request', value: median(through), unit: 'requests/s' },
    { name: 'gateway, processor time', value: (cpuSeconds / (rounds * requests)) * 1e6, unit: 'µs/request' },
    {
      name: 'gateway + REST proxy, against straight to the REST proxy',
      value: median(ratios),
      unit: '×',
      limit: { atLeast: 0.6 },
    },
  ]
}

async function rate(url: string, count: number): Promise<number> {
  const result = await runScript<LoadResult>('tests/bench/http-load.ts', {
    url: `${url}/topics/${topic}`,
    contentType: 'application/vnd.kafka.json.v2+json',
    body,
    requests: count,
    concurrency,
  })
  if (result.statuses['200'] !== count) throw new Error(`not every request was answered 200: ${JSON.stringify(result)}`)
  return count / result.seconds
}

async function makeTopic(brokers: readonly string[]): Promise<void> {
  const admin = kafkaClient({ brokers, clientId: 'bench' }).admin()
  await admin.connect()
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 3 }] })
  await admin.disconnect()
}
