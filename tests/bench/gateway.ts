import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kafkaClient } from '../../clients/kafka.ts'
import { mysqlConnection, type MysqlOptions } from '../../clients/mysql.ts'
import { topicNames } from '../../contract/index.ts'
import { defaultDataset } from '../../seed/dataset.ts'
import { loadDataset } from '../../seed/load.ts'
import { awsSettings } from '../integration/gateway/fixtures.ts'
import { startKafka, startMysql } from '../support/services.ts'
import type { EmulatorLoad } from './emulator-load.ts'
import type { LoadOptions, LoadResult } from './http-load.ts'
import { runScript, startServiceProcess } from './processes.ts'
import { type BenchResult, median, ratios } from './result.ts'

export const name = 'gateway'

const rounds = 5
const posts = 3_000
const requests = 6_000
const concurrency = 32
const userId = 'a1b2c3d4e5f6'

/** About the size of a pin record. */
const body = JSON.stringify({ records: [{ value: { index: 7_528, description: 'x'.repeat(900) } }] })

/**
 * One record a request through the gateway, access log on, against the same load straight to the REST proxy: one broker,
 * every part in a process of its own, rounds interleaved. The load is the emulator; a bare HTTP client beside it shows what
 * the gateway costs without the emulator's own work.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pinlab-bench-'))
  await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
  await using kafka = await startKafka({ port: 25_092 })
  await using server = await startMysql({ port: 25_306 })
  const mysql: MysqlOptions = { host: server.host, port: server.port, user: 'root', password: server.rootPassword }
  await makeSource(mysql)
  await makeTopics(kafka.brokers)
  await using proxy = await startServiceProcess('rest-proxy', { port: 0, brokers: kafka.brokers })
  await using gateway = await startServiceProcess('gateway', {
    port: 0,
    stage: 'test',
    stageVariables: { restProxyHost: new URL(proxy.url).host },
    aws: awsSettings(),
    accessLog: join(folder, 'access.log'),
  })
  const emulated = async (invokeUrl: string, count = posts): Promise<number> => {
    const load: EmulatorLoad = {
      invokeUrl,
      userId,
      mysql,
      ledgerPath: join(folder, 'ledger'),
      posts: count,
      concurrency,
    }
    const { records, seconds } = await runScript<{ records: number; seconds: number }>(
      'tests/bench/emulator-load.ts',
      load,
    )
    return records / seconds
  }
  // Warm: just-in-time compilation, connections, the log's first segments.
  for (const url of [proxy.url, gateway.url]) await emulated(url, 500)

  const rates = {
    straight: [] as number[],
    through: [] as number[],
    bareStraight: [] as number[],
    bare: [] as number[],
  }
  let cpuSeconds = 0
  for (let round = 0; round < rounds; round += 1) {
    rates.straight.push(await emulated(proxy.url))
    rates.through.push(await emulated(gateway.url))
    rates.bareStraight.push(await bareRate(proxy.url))
    const cpuBefore = await gateway.cpuSeconds()
    rates.bare.push(await bareRate(gateway.url))
    cpuSeconds += (await gateway.cpuSeconds()) - cpuBefore
  }
  return [
    { name: 'emulator + gateway + REST proxy, one record a request', value: median(rates.through), unit: 'records/s' },
    {
      name: 'against the emulator straight to the REST proxy',
      value: median(ratios(rates.through, rates.straight)),
      unit: '×',
      limit: { atLeast: 0.6 },
    },
    {
      name: 'the same with a bare HTTP client in place of the emulator',
      value: median(ratios(rates.bare, rates.bareStraight)),
      unit: '×',
    },
    { name: 'gateway, processor time', value: (cpuSeconds / (rounds * requests)) * 1e6, unit: 'µs/request' },
  ]
}

async function bareRate(url: string): Promise<number> {
  const result = await runScript<LoadResult>('tests/bench/http-load.ts', {
    url: `${url}/topics/${userId}.pin`,
    contentType: 'application/vnd.kafka.json.v2+json',
    body,
    requests,
    concurrency,
  } satisfies LoadOptions)
  if (result.statuses['200'] !== requests)
    throw new Error(`not every request was answered 200: ${JSON.stringify(result)}`)
  return requests / result.seconds
}

async function makeSource(mysql: MysqlOptions): Promise<void> {
  const connection = await mysqlConnection(mysql)
  await loadDataset(connection, defaultDataset)
  await connection.end()
}

async function makeTopics(brokers: readonly string[]): Promise<void> {
  const admin = kafkaClient({ brokers, clientId: 'bench' }).admin()
  await admin.connect()
  // The client takes a topic that is not known everywhere yet for a failure.
  await admin.createTopics({
    waitForLeaders: false,
    topics: topicNames(userId).map((topic) => ({ topic, numPartitions: 3 })),
  })
  await admin.disconnect()
}
