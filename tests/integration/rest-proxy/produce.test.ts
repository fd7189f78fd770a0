import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startKafka, type TestKafka } from '../../support/services.ts'
import { binary, call, json, makeTopics, produce, proxyOn, readLog, v2 } from './support.ts'

let kafka: TestKafka
let proxy: Awaited<ReturnType<typeof proxyOn>>
const url = (path: string): string => `${proxy.url}${path}`

beforeAll(async () => {
  kafka = await startKafka({ port: 24_192 })
  await makeTopics(kafka.brokers, ['pin', 'geo', 'order', 'mixed'])
  await makeTopics(kafka.brokers, ['narrow'], { 'max.message.bytes': '2000' })
  proxy = await proxyOn(kafka.brokers)
})
afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await kafka[Symbol.asyncDispose]()
})

it('describes topics, partitions, offsets and brokers', async () => {
  expect((await call('GET', url('/topics'))).body).toEqual(['geo', 'mixed', 'narrow', 'order', 'pin'])
  const partition = (id: number): object => ({
    partition: id,
    leader: 1,
    replicas: [{ broker: 1, leader: true, in_sync: true }],
  })
  expect(await call('GET', url('/topics/geo'))).toMatchObject({
    status: 200,
    type: v2,
    body: { name: 'geo', configs: { 'cleanup.policy': 'delete' }, partitions: [0, 1, 2].map(partition) },
  })
  expect((await call('GET', url('/topics/geo/partitions'))).body).toEqual([0, 1, 2].map(partition))
  expect((await call('GET', url('/topics/geo/partitions/1'))).body).toEqual(partition(1))
  expect((await call('GET', url('/topics/geo/partitions/1/offsets'))).body).toEqual({
    beginning_offset: 0,
    end_offset: 0,
  })
  expect((await call('GET', url('/brokers'))).body).toEqual({ brokers: [1] })
})

it.each(['/topics/geo/partitions/3', '/topics/geo/partitions/3/offsets'])('GET %s -> 404/40402', async (path) => {
  expect(await call('GET', url(path))).toMatchObject({ status: 404, body: { error_code: 40402 } })
})

it('describes the cluster in API v3', async () => {
  const { body } = await call<{ data: { cluster_id: string }[] }>('GET', url('/v3/clusters'))
  const id = body.data[0]!.cluster_id
  expect((await call('GET', url(`/v3/clusters/${id}`))).body).toMatchObject({ kind: 'KafkaCluster', cluster_id: id })
  expect(await call('GET', url('/v3/clusters/other'))).toMatchObject({ status: 404 })
  const topics = await call<{ data: { topic_name: string }[] }>('GET', url(`/v3/clusters/${id}/topics`))
  expect(topics).toMatchObject({ type: 'application/json' })
  expect(topics.body.data.map(({ topic_name }) => topic_name)).toContain('geo')
  expect((await call('GET', url(`/v3/clusters/${id}/topics/geo`))).body).toMatchObject({
    kind: 'KafkaTopic',
    partitions_count: 3,
    replication_factor: 1,
  })
  const partitions = await call<{ data: unknown[] }>('GET', url(`/v3/clusters/${id}/topics/geo/partitions`))
  expect(partitions.body.data.length).toBe(3)
  expect((await call('GET', url(`/v3/clusters/${id}/topics/geo/partitions/2`))).body).toMatchObject({ partition_id: 2 })
})

it('answers each record with the place where it stands', async () => {
  const records = [
    { value: { ind: 1, lat: 12.5 } },
    { key: 'k', value: 'keyed' },
    { value: null, key: { a: 1 } },
    { value: [1], partition: 1 },
  ]
  const { status, type, body } = await produce(proxy.url, 'pin', records)
  expect({ status, type }).toEqual({ status: 200, type: v2 })
  expect(body).toMatchObject({ key_schema_id: null, value_schema_id: null })
  const log = await readLog(kafka.brokers, 'pin')
  const stored = body.offsets.map(({ partition, offset }) => log.get(`${String(partition)}:${String(offset)}`))
  expect(stored).toEqual(['{"ind":1,"lat":12.5}', '"keyed"', null, '[1]'])
  expect(body.offsets[3]!.partition).toBe(1)
  const again = await produce(proxy.url, 'pin', [{ key: 'k', value: 2 }])
  expect(again.body.offsets[0]!.partition).toBe(body.offsets[1]!.partition)
})

it('produces to the partition of the path, in binary too', async () => {
  const answer = await call<{ offsets: object[] }>('POST', url('/topics/geo/partitions/2'), {
    type: binary,
    body: { records: [{ value: Buffer.from('raw').toString('base64') }] },
  })
  expect(answer.body.offsets).toEqual([{ partition: 2, offset: 0, error_code: null, error: null }])
  expect((await readLog(kafka.brokers, 'geo')).get('2:0')).toBe('raw')
  const none = await call('POST', url('/topics/geo/partitions/3'), { type: json, body: { records: [{ value: 1 }] } })
  expect(none).toMatchObject({ status: 404, body: { error_code: 40402, message: 'Partition not found.' } })
})

it('knows a topic soon after it is made, and not before', async () => {
  expect(await produce(proxy.url, 'late', [{ value: 1 }])).toMatchObject({ status: 404, body: { error_code: 40401 } })
  await makeTopics(kafka.brokers, ['late'])
  await vi.waitFor(
    async () => {
      expect((await produce(proxy.url, 'late', [{ value: 1 }])).status).toBe(200)
    },
    { timeout: 1_500, interval: 50 },
  )
})

it('keeps the order of a partition over many requests at once', async () => {
  const sent = Array.from({ length: 300 }, (_, at) => at)
  const answers = await Promise.all(
    sent.map(
      async (at) =>
        (
          await produce(proxy.url, 'order', [
            { key: 'one', value: `${String(at)}a` },
            { key: 'one', value: `${String(at)}b` },
          ])
        ).body,
    ),
  )
  const log = await readLog(kafka.brokers, 'order')
  expect(log.size).toBe(600)
  answers.forEach(({ offsets: [first, second] }, at) => {
    expect(log.get(`${String(first!.partition)}:${String(first!.offset)}`)).toBe(`"${String(at)}a"`)
    expect(log.get(`${String(second!.partition)}:${String(second!.offset)}`)).toBe(`"${String(at)}b"`)
    expect(second!.offset).toBeGreaterThan(first!.offset!)
  })
})

it('a record larger than the producer sends fails alone, with its reason', async () => {
  const { status, body } = await produce(proxy.url, 'mixed', [
    { value: 'a' },
    { value: 'x'.repeat(1_100_000) },
    { value: 'b' },
  ])
  expect(status).toBe(200)
  expect(body.offsets.map(({ error_code }) => error_code)).toEqual([null, 50002, null])
  expect(body.offsets[1]).toMatchObject({
    partition: null,
    offset: null,
    error: expect.stringContaining('1048576') as string,
  })
})

it('a record that only the broker finds too large fails alone; what shares its batch and its request is written once', async () => {
  const before = await readLog(kafka.brokers, 'mixed')
  const values = Array.from({ length: 40 }, (_, at) => (at % 7 === 3 ? 'x'.repeat(5_000) : `small ${String(at)}`))
  const answers = await Promise.all([
    ...values.map((value) => produce(proxy.url, 'narrow', [{ value, key: 'same' }])),
    ...values.map((value) => produce(proxy.url, 'mixed', [{ value }])),
  ])
  const codes = answers.map(({ body }) => body.offsets[0]!.error_code)
  expect(codes.slice(0, 40)).toEqual(values.map((value) => (value.length > 2_000 ? 50002 : null)))
  expect(codes.slice(40)).toEqual(values.map(() => null))
  const narrow = await readLog(kafka.brokers, 'narrow')
  expect([...narrow.values()].sort()).toEqual(
    values
      .filter((value) => value.length < 2_000)
      .map((value) => JSON.stringify(value))
      .sort(),
  )
  expect((await readLog(kafka.brokers, 'mixed')).size - before.size).toBe(40)
})
