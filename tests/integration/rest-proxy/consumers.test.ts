import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startKafka, type TestKafka } from '../../support/services.ts'
import { binary, call, json, makeTopics, produce, proxyOn } from './support.ts'

interface ConsumedRecord {
  readonly topic: string
  readonly key: unknown
  readonly value: unknown
  readonly partition: number
  readonly offset: number
}

let kafka: TestKafka
let proxy: Awaited<ReturnType<typeof proxyOn>>

beforeAll(async () => {
  kafka = await startKafka({ port: 24_392 })
  await makeTopics(kafka.brokers, ['read', 'poison', 'seek', 'shared', 'lab.pin', 'lab.geo', 'big'])
  proxy = await proxyOn(kafka.brokers, { consumerInstanceTimeoutMs: 3_000, maxConsumerBufferBytes: 20_000 })
})
afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await kafka[Symbol.asyncDispose]()
})

/** An instance from the first record on that answers as soon as there is anything. */
async function anInstance(group: string, settings: Record<string, unknown> = {}): Promise<string> {
  const body = {
    format: 'json',
    'auto.offset.reset': 'earliest',
    'auto.commit.enable': false,
    'fetch.min.bytes': 0,
    ...settings,
  }
  const created = await call<{ base_uri: string }>('POST', `${proxy.url}/consumers/${group}`, { body })
  expect(created.status).toBe(200)
  return created.body.base_uri
}

const subscribe = async (instance: string, body: object): Promise<void> => {
  expect((await call('POST', `${instance}/subscription`, { body })).status).toBe(204)
}

/** Reads until `count` records are there. */
async function read(instance: string, count: number, accept = json): Promise<ConsumedRecord[]> {
  const records: ConsumedRecord[] = []
  await vi.waitFor(
    async () => {
      const answer = await call<ConsumedRecord[]>('GET', `${instance}/records`, { accept })
      expect(answer).toMatchObject({ status: 200, type: accept })
      records.push(...answer.body)
      expect(records.length).toBeGreaterThanOrEqual(count)
    },
    { timeout: 15_000, interval: 1 },
  )
  return records
}

it('reads what was produced, commits it, and a later instance goes on from there', async () => {
  const { body } = await produce(proxy.url, 'read', [
    { key: 'k', value: { big: 1 } },
    { value: [true, null], partition: 0 },
  ])
  const instance = await anInstance('readers', { name: 'one' })
  await subscribe(instance, { topics: ['read'] })
  const records = await read(instance, 2)
  expect(records.find(({ key }) => key === 'k')).toEqual({
    topic: 'read',
    key: 'k',
    value: { big: 1 },
    partition: body.offsets[0]!.partition,
    offset: body.offsets[0]!.offset,
  })
  expect((await call('GET', `${instance}/subscription`)).body).toEqual({ topics: ['read'] })
  const { partitions } = (await call<{ partitions: object[] }>('GET', `${instance}/assignments`)).body
  expect(partitions.length).toBe(3)
  const committed = (): Promise<{ body: unknown }> => call('GET', `${instance}/offsets`, { body: { partitions } })
  expect((await committed()).body).toEqual({ offsets: [] })
  expect(await call('POST', `${instance}/offsets`)).toMatchObject({ status: 200, body: [] })
  const { offsets } = (await committed()).body as { offsets: { offset: number }[] }
  expect(offsets.reduce((sum, { offset }) => sum + offset, 0)).toBe(2)
  expect((await call('DELETE', instance)).status).toBe(204)

  await produce(proxy.url, 'read', [{ value: 'later' }])
  const next = await anInstance('readers')
  await subscribe(next, { topics: ['read'] })
  expect((await read(next, 1)).map(({ value }) => value)).toEqual(['later'])
  await call('DELETE', next)
})

it('keeps the digits of numbers and reads binary as base64', async () => {
  await call('POST', `${proxy.url}/topics/lab.pin`, {
    type: json,
    body: '{"records":[{"value":{"n":12345678901234567890}}]}',
  })
  const instance = await anInstance('binary', { format: 'binary' })
  await subscribe(instance, { topics: ['lab.pin'] })
  const [record] = await read(instance, 1, binary)
  expect(Buffer.from(record!.value as string, 'base64').toString()).toBe('{"n":12345678901234567890}')
  await call('DELETE', instance)
})

it('follows a pattern, and topics that come later', async () => {
  const instance = await anInstance('pattern')
  await subscribe(instance, { topic_pattern: 'lab\\..*' })
  await produce(proxy.url, 'lab.geo', [{ value: 'geo' }])
  await read(instance, 2)
  await makeTopics(kafka.brokers, ['lab.user'])
  await vi.waitFor(async () => {
    expect((await produce(proxy.url, 'lab.user', [{ value: 'user' }])).status).toBe(200)
  })
  await vi.waitFor(
    async () => {
      expect((await read(instance, 1)).map(({ topic }) => topic)).toContain('lab.user')
    },
    { timeout: 20_000, interval: 1 },
  )
  expect(await call('POST', `${instance}/subscription`, { body: { topics: ['read'] } })).toMatchObject({
    status: 409,
    body: { error_code: 40903 },
  })
  await call('DELETE', instance)
})

it('moves to a place, the beginning, the end and a time', async () => {
  await produce(
    proxy.url,
    'seek',
    [0, 1, 2, 3, 4].map((value) => ({ value, partition: 1 })),
  )
  const instance = await anInstance('seekers')
  await subscribe(instance, { topics: ['seek'] })
  await read(instance, 5)
  const partitions = [{ topic: 'seek', partition: 1 }]
  const values = async (count: number): Promise<unknown[]> => (await read(instance, count)).map(({ value }) => value)
  expect((await call('POST', `${instance}/positions/beginning`, { body: { partitions } })).status).toBe(204)
  expect(await values(5)).toEqual([0, 1, 2, 3, 4])
  expect(
    (await call('POST', `${instance}/positions`, { body: { offsets: [{ ...partitions[0], offset: 3 }] } })).status,
  ).toBe(204)
  expect(await values(2)).toEqual([3, 4])
  const timestamps = [{ ...partitions[0], timestamp: '2020-01-01T00:00:00Z' }]
  expect((await call('POST', `${instance}/positions`, { body: { timestamps } })).status).toBe(204)
  expect(await values(5)).toEqual([0, 1, 2, 3, 4])
  await call('POST', `${instance}/positions/beginning`, { body: { partitions } })
  expect((await call('POST', `${instance}/positions/end`, { body: { partitions } })).status).toBe(204)
  await produce(proxy.url, 'seek', [{ value: 5, partition: 1 }])
  expect(await values(1)).toEqual([5])
  await call('DELETE', instance)
})

it('stops before a record that is not JSON, then says so: 408/40801', async () => {
  await produce(proxy.url, 'poison', [{ value: 'good', partition: 0 }])
  await call('POST', `${proxy.url}/topics/poison/partitions/0`, {
    type: binary,
    body: { records: [{ value: Buffer.from('not json').toString('base64') }] },
  })
  const instance = await anInstance('poisoned')
  await subscribe(instance, { topics: ['poison'] })
  expect((await read(instance, 1)).map(({ value }) => value)).toEqual(['good'])
  expect(await call('GET', `${instance}/records`, { accept: json })).toMatchObject({
    status: 408,
    body: { error_code: 40801 },
  })
  await call('DELETE', instance)
})

it('shares partitions between two instances and gives them to the one that stays', async () => {
  const one = await anInstance('sharing')
  await subscribe(one, { topics: ['shared'] })
  const two = await anInstance('sharing')
  await subscribe(two, { topics: ['shared'] })
  const count = async (instance: string): Promise<number> =>
    (await call<{ partitions: object[] }>('GET', `${instance}/assignments`)).body.partitions.length
  await vi.waitFor(
    async () => {
      expect([await count(one), await count(two)].toSorted()).toEqual([1, 2])
    },
    { timeout: 20_000, interval: 100 },
  )
  await call('DELETE', one)
  await vi.waitFor(
    async () => {
      expect(await count(two)).toBe(3)
    },
    { timeout: 20_000, interval: 100 },
  )
  await call('DELETE', two)
})

it('holds no more than its buffer and hands out everything once, within max_bytes', async () => {
  const values = Array.from({ length: 60 }, (_, at) => `${String(at)}:${'x'.repeat(2_000)}`)
  await produce(
    proxy.url,
    'big',
    values.map((value) => ({ value, partition: 0 })),
  )
  const instance = await anInstance('big')
  await subscribe(instance, { topics: ['big'] })
  const seen: unknown[] = []
  await vi.waitFor(
    async () => {
      const { body } = await call<ConsumedRecord[]>('GET', `${instance}/records?max_bytes=10000`, { accept: json })
      expect(body.length).toBeLessThanOrEqual(4)
      seen.push(...body.map(({ value }) => value))
      expect(seen.length).toBe(60)
    },
    { timeout: 20_000, interval: 1 },
  )
  expect(seen).toEqual(values)
  await call('DELETE', instance)
})

it('destroys an instance that nobody asks anything of', async () => {
  const instance = await anInstance('idle')
  await vi.waitFor(
    async () => {
      // Another instance of the name can be made once the first is gone.
      const name = instance.split('/').at(-1)
      expect((await call('POST', `${proxy.url}/consumers/idle`, { body: { name } })).status).toBe(200)
    },
    { timeout: 8_000, interval: 200 },
  )
})
