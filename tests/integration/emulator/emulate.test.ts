import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kafkaClient } from '../../../clients/kafka.ts'
import { mysqlConnection } from '../../../clients/mysql.ts'
import {
  entities,
  entityNames,
  isBatchAcknowledgement,
  topicName,
  topicNames,
  type BatchAcknowledgement,
} from '../../../contract/index.ts'
import { readLedger } from '../../../emulator/ledger.ts'
import { emulate, type EmulatorOptions } from '../../../emulator/main.ts'
import { datasetRow } from '../../../seed/dataset.ts'
import { loadDataset } from '../../../seed/load.ts'
import { startKafka, startMysql, type TestKafka, type TestMysql } from '../../support/services.ts'
import { startNodeService, type NodeService } from './front-door.ts'

const userId = 'a1b2c3d4e5f6'
const spec = { seed: 42, size: 11_154 }
const ports = { mysql: 17_306, kafka: 23_092, restProxy: 22_082, gateway: 22_080 }
/** No stream is posted to here. */
const nowhere = 'http://127.0.0.1:1'
const never = { signal: new AbortController().signal }

let folder: string
let mysql: TestMysql
let kafka: TestKafka
let restProxy: NodeService
let gateway: NodeService

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emulator-'))
  ;[mysql, kafka] = await Promise.all([startMysql({ port: ports.mysql }), startKafka({ port: ports.kafka })])
  const root = await mysqlConnection({ host: mysql.host, port: mysql.port, user: 'root', password: mysql.rootPassword })
  await loadDataset(root, spec)
  await root.end()
  const admin = kafkaClient({ brokers: kafka.brokers, clientId: 'test' }).admin()
  await admin.connect()
  await admin.createTopics({
    topics: topicNames(userId).map((topic) => ({ topic, numPartitions: 3 })),
    waitForLeaders: true,
  })
  await admin.disconnect()
  restProxy = await startNodeService('rest-proxy', { port: ports.restProxy, brokers: kafka.brokers })
  gateway = await startNodeService('gateway', {
    port: ports.gateway,
    stage: 'test',
    stageVariables: { restProxyHost: `127.0.0.1:${String(ports.restProxy)}` },
    aws: { region: 'us-east-1', accessKeyId: 'none', secretAccessKey: 'none', endpoints: { kinesis: nowhere } },
  })
}, 90_000)
afterAll(async () => {
  for (const part of [gateway, restProxy, kafka, mysql]) await part[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const optionsOf = (ledger: string, over: Partial<EmulatorOptions> = {}): EmulatorOptions => ({
  invokeUrl: `http://127.0.0.1:${String(ports.gateway)}/test`,
  userId,
  mysql: { host: mysql.host, port: mysql.port, ...mysql.reader },
  ledgerPath: join(folder, `${ledger}.jsonl`),
  posts: 200,
  order: 'course',
  ...over,
})

const ledgerOf = async ({ ledgerPath }: EmulatorOptions): Promise<BatchAcknowledgement[]> => {
  const lines: BatchAcknowledgement[] = []
  for await (const line of readLedger(ledgerPath)) if (isBatchAcknowledgement(line)) lines.push(line)
  return lines
}

/** Every record of the three topics: its value as text, by `topic partition offset`. */
async function storedRecords(): Promise<Map<string, string>> {
  const kafkaJs = kafkaClient({ brokers: kafka.brokers, clientId: 'test' })
  const admin = kafkaJs.admin()
  await admin.connect()
  let ahead = 0
  for (const topic of topicNames(userId)) {
    for (const { high } of await admin.fetchTopicOffsets(topic)) ahead += Number(high)
  }
  await admin.disconnect()
  const records = new Map<string, string>()
  const consumer = kafkaJs.consumer({ groupId: `test-${String(performance.now())}`, maxWaitTimeInMs: 100 })
  await consumer.connect()
  const all = Promise.withResolvers<undefined>()
  if (ahead === 0) all.resolve(undefined)
  await consumer.subscribe({ topics: topicNames(userId), fromBeginning: true })
  await consumer.run({
    eachMessage: ({ topic, partition, message }) => {
      records.set(`${topic} ${String(partition)} ${message.offset}`, message.value?.toString() ?? '')
      if (records.size >= ahead) all.resolve(undefined)
      return Promise.resolve()
    },
  })
  await all.promise
  await consumer.disconnect()
  return records
}

/** Every record of the run acknowledged once, at a place of its own, where Kafka holds just that row. */
async function expectWhole(lines: readonly BatchAcknowledgement[], posts: number): Promise<void> {
  expect(new Set(lines.map(({ emission, entity }) => `${String(emission)} ${entity}`)).size).toBe(posts * 3)
  expect(lines).toHaveLength(posts * 3)
  const records = await storedRecords()
  const placeOf = ({ topic, partition, offset }: BatchAcknowledgement) =>
    `${topic} ${String(partition)} ${String(offset)}`
  expect(new Set(lines.map(placeOf)).size).toBe(posts * 3)
  for (const line of lines) {
    expect(line.topic).toBe(topicName(userId, line.entity))
    const stored: unknown = JSON.parse(records.get(placeOf(line)) ?? 'null')
    expect(stored).toEqual(datasetRow(spec, line.ind)[line.entity].row)
    expect(Object.keys(stored as object)).toEqual(entities[line.entity].columns)
  }
}

describe('the emulator at the front door', () => {
  test('posts the course’s first rows, each to its topic', async () => {
    const options = optionsOf('first', { posts: 5 })
    expect(await emulate(options, never)).toMatchObject({ posts: 5, records: 15, retries: 0 })
    const lines = await ledgerOf(options)
    for (const entity of entityNames) {
      const inds = lines.filter((line) => line.entity === entity).map(({ emission, ind }) => [emission, ind] as const)
      expect(new Map(inds)).toEqual(new Map([7528, 2863, 5730, 8304, 8731].map((ind, emission) => [emission, ind])))
    }
    await expectWhole(lines, 5)
  })

  test('posts many records a request', async () => {
    const options = optionsOf('batch', { posts: 1_000, order: 'sequential', batchRecords: 100 })
    await emulate(options, never)
    await expectWhole(await ledgerOf(options), 1_000)
  })

  test.each([
    { what: 'the REST proxy', fault: () => restProxy.killAndRestart() },
    { what: 'the gateway', fault: () => gateway.killAndRestart() },
    { what: 'the broker', fault: () => kafka.restart() },
    { what: 'MySQL', fault: () => mysql.restart() },
  ])('loses nothing when $what is killed and comes back', { timeout: 120_000 }, async ({ what, fault }) => {
    const options = optionsOf(what, { posts: 600, ratePerSecond: 100 })
    let faulting: Promise<void> | undefined
    const summary = await emulate(options, {
      ...never,
      onProgress: ({ posts }) => {
        if (posts >= 100) faulting ??= fault()
      },
    })
    await faulting
    expect(summary).toMatchObject({ posts: 600, records: 1_800 })
    await expectWhole(await ledgerOf(options), 600)
  })

  test('quotes the gateway where the path is wrong', async () => {
    const options = optionsOf('path', { invokeUrl: `http://127.0.0.1:${String(ports.gateway)}/test/v2` })
    await expect(emulate(options, never)).rejects.toMatchObject({ code: 'LAB_EMULATION_FAILED', why: /^4\d\d / })
  })
})
