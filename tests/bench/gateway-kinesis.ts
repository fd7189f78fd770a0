import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateStreamCommand, DescribeStreamSummaryCommand, kinesisClient } from '../../clients/kinesis.ts'
import { awsSettings } from '../integration/gateway/fixtures.ts'
import type { LoadOptions, LoadResult } from './http-load.ts'
import { runScript, startServiceProcess } from './processes.ts'
import { type BenchResult, median, ratios } from './result.ts'

export const name = 'gateway-kinesis'

const rounds = 5
const stream = 'streaming-a1b2c3d4e5f6-pin'
/** About the size of a pin record. */
const data = { ind: 7_528, description: 'x'.repeat(900) }
const base64 = Buffer.from(JSON.stringify(data)).toString('base64')
const many = Array.from({ length: 500 }, (_, index) => String(index))

const loads = {
  PutRecord: {
    requests: 4_000,
    concurrency: 32,
    path: 'record',
    through: { StreamName: stream, Data: data, PartitionKey: '7528' },
    straight: { StreamName: stream, Data: base64, PartitionKey: '7528' },
  },
  PutRecords: {
    requests: 60,
    concurrency: 4,
    path: 'records',
    through: { records: many.map((key) => ({ data, 'partition-key': key })) },
    straight: { StreamName: stream, Records: many.map((key) => ({ Data: base64, PartitionKey: key })) },
  },
} as const
type Action = keyof typeof loads

/**
 * PUTs through the gateway, mapping templates and signature included and access log on, against the same records in signed calls
 * straight to the same Kinesis: every part in a process of its own, rounds interleaved.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pinlab-bench-'))
  await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
  const { endpoints: _none, ...account } = awsSettings()
  const { region, accessKeyId, secretAccessKey } = account
  await using kinesis = await startServiceProcess('kinesis', {
    port: 0,
    dataDir: join(folder, 'kinesis'),
    region,
    credentials: { accessKeyId, secretAccessKey },
  })
  await makeStream(kinesis.url)
  await using gateway = await startServiceProcess('gateway', {
    port: 0,
    stage: 'test',
    stageVariables: { restProxyHost: '127.0.0.1:9' },
    aws: { ...account, endpoints: { kinesis: kinesis.url } },
    accessLog: join(folder, 'access.log'),
  })

  const through = (action: Action, requests: number = loads[action].requests): Promise<number> =>
    rate({
      url: `${gateway.url}/streams/${stream}/${loads[action].path}`,
      method: 'PUT',
      contentType: 'application/json',
      body: { path: join(folder, `${action}.through`) },
      requests,
      concurrency: loads[action].concurrency,
    })
  const straight = (action: Action, requests: number = loads[action].requests): Promise<number> =>
    rate({
      url: kinesis.url,
      aws: { ...account, service: 'kinesis', target: `Kinesis_20131202.${action}` },
      contentType: 'application/x-amz-json-1.1',
      body: { path: join(folder, `${action}.straight`) },
      requests,
      concurrency: loads[action].concurrency,
    })

  const results: BenchResult[] = []
  for (const [action, limit, unit, records] of [
    ['PutRecord', 0.6, 'records/s', 1],
    ['PutRecords', 0.7, 'records/s', many.length],
  ] as const) {
    const { requests } = loads[action]
    for (const way of ['through', 'straight'] as const)
      await writeFile(join(folder, `${action}.${way}`), JSON.stringify(loads[action][way]))
    for (const warm of [straight, through]) await warm(action, Math.ceil(requests / 2))
    const rates = { through: [] as number[], straight: [] as number[] }
    let cpuSeconds = 0
    for (let round = 0; round < rounds; round += 1) {
      rates.straight.push(await straight(action))
      const cpuBefore = await gateway.cpuSeconds()
      rates.through.push(await through(action))
      cpuSeconds += (await gateway.cpuSeconds()) - cpuBefore
    }
    results.push(
      { name: `${action} through the gateway`, value: median(rates.through) * records, unit },
      {
        name: `against ${action} straight to Kinesis, signed`,
        value: median(ratios(rates.through, rates.straight)),
        unit: '×',
        limit: { atLeast: limit },
      },
      {
        name: `gateway, processor time of ${action}`,
        value: (cpuSeconds / (rounds * requests)) * 1e6,
        unit: 'µs/request',
      },
    )
  }
  return results
}

/** Requests a second. */
async function rate(load: LoadOptions): Promise<number> {
  const { requests, seconds, statuses } = await runScript<LoadResult>('tests/bench/http-load.ts', load)
  if (statuses['200'] !== requests)
    throw new Error(`not every request was answered 200: ${JSON.stringify(statuses)} by ${load.url}`)
  return requests / seconds
}

async function makeStream(endpoint: string): Promise<void> {
  const { endpoints: _none, ...account } = awsSettings()
  const client = kinesisClient({ endpoint, ...account })
  await client.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 3 }))
  for (;;) {
    const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName: stream }))
    if (StreamDescriptionSummary?.StreamStatus === 'ACTIVE') break
  }
  client.destroy()
}
