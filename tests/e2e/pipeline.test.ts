import { stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultPorts, pathNames, queryColumns, queryIds } from '../../contract/index.ts'
import { TestLab } from '../support/lab.ts'

interface UpSummary {
  ok: boolean
  posts: number
  records: number
  objects: number
  kinesisRecords: number
  deltaRows: number
  seconds: number
  checks: { name: string; ok: boolean; path?: string }[]
  addresses: Record<string, string>
}
type Rows = Record<string, unknown>[]

const portOffset = 9_100
const posts = 300

describe('one lab, from nothing to stopped', () => {
  let lab: TestLab
  let summary: UpSummary

  beforeAll(async () => {
    lab = await TestLab.create(portOffset, { paths: pathNames })
    summary = await lab.json<UpSummary>(['up', '--posts', String(posts)])
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
  })

  test('up verifies every post on every hop', () => {
    expect(summary).toMatchObject({ ok: true, posts, records: posts * 3, objects: posts * 3 })
    expect(summary).toMatchObject({ kinesisRecords: posts * 3, deltaRows: posts * 3 })
    expect(new Set(summary.checks.map(({ path }) => path))).toEqual(new Set([undefined, 'batch', 'stream']))
    expect(summary.checks.length).toBeGreaterThan(20)
    expect(summary.checks.filter((check) => !check.ok)).toEqual([])
    expect(Object.keys(summary.addresses)).toEqual(
      expect.arrayContaining(['mysql', 'invokeUrl', 'restProxy', 'kafka', 's3', 'kinesis']),
    )
  })

  test('urls gives the addresses of up and the user id', async () => {
    const urls = await lab.json<Record<string, string>>(['urls'])
    expect(urls).toMatchObject({ ...summary.addresses, userId: 'a1b2c3d4e5f6' })
    expect(urls['invokeUrl']).toMatch(/^http:\/\/127\.0\.0\.1:27180\/\w+$/)
  })

  test('status lists every service as ready with its pid, port and memory', async () => {
    const services = await lab.services()
    expect(services.map(({ name }) => name).toSorted()).toEqual([
      'gateway',
      'kafka',
      'kinesis',
      'mysql',
      'rest-proxy',
      's3',
      's3-sink',
      'spark-stream',
    ])
    for (const service of services) {
      expect(service).toMatchObject({ state: 'ready' })
      expect(service.pid).toBeGreaterThan(1)
      expect(service.port).toBeGreaterThan(portOffset)
      expect(service.memoryBytes).toBeGreaterThan(10_000_000)
    }
  })

  test('query all answers the eight tasks with exactly their columns', async () => {
    const answers = await lab.json<Record<string, Rows>>(['query', 'all'])
    expect(Object.keys(answers).toSorted()).toEqual([...queryIds].toSorted())
    for (const id of queryIds) {
      expect(answers[id]!.length, `query ${id}`).toBeGreaterThan(0)
      for (const row of answers[id]!) expect(Object.keys(row)).toEqual([...queryColumns[id]])
    }
  })

  test('one query is an array; CSV has the header and the same number of rows', async () => {
    const rows = await lab.json<Rows>(['query', '5'])
    const csv = await lab.run(['query', '5', '--csv'])
    expect(csv.stdout.trim().split('\n')).toHaveLength(rows.length + 1)
    expect(csv.stdout.split('\n')[0]).toBe('post_year,category,category_count')
  })

  test('the naive variant counts what was sent twice, the right one does not', async () => {
    expect((await lab.run(['emulate', '--posts', '40'])).code).toBe(0) // the same first 40 rows again
    const right = await lab.json<Rows>(['query', '9'])
    const naive = await lab.json<Rows>(['query', '9', '--variant', 'naive'])
    const joined = (rows: Rows): number => rows.reduce((sum, row) => sum + Number(row['number_users_joined']), 0)
    expect(joined(naive)).toBeGreaterThan(joined(right))
    expect(await lab.json(['verify'])).toMatchObject({ ok: true })
  })

  test('topics and consume show what the console consumer shows', async () => {
    const topics = await lab.json<{ topic: string; partitions: number; records: number }[]>(['topics'])
    const pin = topics.find(({ topic }) => topic === 'a1b2c3d4e5f6.pin')
    expect(pin).toMatchObject({ partitions: 3, records: posts + 40 })
    const consumed = await lab.run(['consume', 'a1b2c3d4e5f6.geo', '--from-beginning', '--max', '5'])
    const values = consumed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(values).toHaveLength(5)
    expect(Object.keys(values[0]!)).toEqual(['ind', 'timestamp', 'latitude', 'longitude', 'country'])
  })

  test('streams and tail show what Kinesis holds', async () => {
    const streams = await lab.json<{ stream: string; status: string; shards: number; records: number }[]>(['streams'])
    expect(streams).toHaveLength(3)
    for (const stream of streams) expect(stream).toMatchObject({ status: 'ACTIVE', shards: 3, records: posts + 40 })
    const tail = await lab.run(['streams', 'tail', 'streaming-a1b2c3d4e5f6-geo', '--from-beginning', '--max', '5'])
    const rows = tail.stdout
      .trim()
      .split('\n')
      .map((line) => Object.keys(JSON.parse(line) as object))
    expect(rows).toEqual(Array(5).fill(['ind', 'timestamp', 'latitude', 'longitude', 'country']))
    expect(await lab.run(['streams', 'tail', 'nothing'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('streaming-a1b2c3d4e5f6-pin') as string,
    })
  })

  test('delta shows the tables of the stream path', async () => {
    expect(await lab.json(['delta', 'count', 'pin'])).toMatchObject({ rows: posts + 40 })
    const history = await lab.json<{ version: number; operation: string }[]>(['delta', 'history', 'geo'])
    expect(history.map(({ version }) => version)).toEqual([...history.keys()].reverse())
    expect(history.at(-1)).toMatchObject({ operation: 'CREATE TABLE' })
    expect(JSON.stringify(await lab.json(['delta', 'detail', 'user']))).toContain('date_joined')
    expect(await lab.run(['delta', 'count', 'nothing'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a1b2c3d4e5f6_pin_table') as string,
    })
  })

  test('the course’s request to a stream is answered with a shard and a sequence number; a spoilt one is kept in quarantine', async () => {
    const put = async (data: unknown): Promise<unknown> => {
      const stream = 'streaming-a1b2c3d4e5f6-geo'
      const response = await fetch(`${summary.addresses['invokeUrl']!}/streams/${stream}/record`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ StreamName: stream, Data: data, PartitionKey: 'partition-1' }),
      })
      return { status: response.status, ...((await response.json()) as object) }
    }
    const row = { ind: 1, timestamp: '2020-01-01 00:00:00', latitude: 1.5, longitude: 2.5, country: 'Peru' }
    for (const data of [row, JSON.stringify(row)])
      expect(await put(data)).toMatchObject({
        status: 200,
        ShardId: expect.stringMatching(/^shardId-\d{12}$/) as string,
        SequenceNumber: expect.stringMatching(/^\d{56}$/) as string,
      })
    const report = await lab.json<{ ok: boolean; checks: object[]; counts: object }>(['verify'])
    expect(report).toMatchObject({ ok: true, counts: { deltaQuarantined: 1 } })
    expect(JSON.stringify(report.checks)).toContain('the producer called json.dumps on Data')
  })

  test('a reset of the stream job reads all again and doubles nothing', async () => {
    const before = await lab.json<{ rows: number }>(['delta', 'count', 'geo'])
    expect((await lab.run(['stream', 'reset'])).code).toBe(0)
    expect(await lab.json(['verify'])).toMatchObject({ ok: true })
    expect(await lab.json(['delta', 'count', 'geo'])).toEqual(before)
  })

  test("creds prints what the read-only account needs; the file is the owner's alone", async () => {
    const creds = await lab.run(['creds', '--format', 'json'])
    expect(JSON.parse(creds.stdout)).toMatchObject({
      HOST: '127.0.0.1',
      USER: 'project_user',
      DATABASE: 'pinterest_data',
      PORT: 22_406,
    })
    expect((await stat(join(lab.home, 'credentials.json'))).mode & 0o777).toBe(0o600)
  })

  test('the first request of a class of wrong ones is answered as API Gateway and the proxy answer', async () => {
    const { invokeUrl = '' } = summary.addresses
    const post = async (
      path: string,
      body: string,
      type = 'application/vnd.kafka.json.v2+json',
    ): Promise<[number, string]> => {
      const response = await fetch(`${invokeUrl}${path}`, { method: 'POST', headers: { 'content-type': type }, body })
      return [response.status, await response.text()]
    }
    const topic = '/topics/a1b2c3d4e5f6.pin'
    expect((await post(topic, '{"records":['))[0]).toBe(400)
    expect(await post(topic, '{"ind":1}')).toEqual([422, expect.stringContaining('Unrecognized field: ind')])
    expect((await post(topic, '{"records":[{"value":{}}]}', 'text/plain'))[0]).toBe(415)
    expect(await post('/topics/no.such.topic', '{"records":[{"value":{}}]}')).toEqual([
      404,
      expect.stringContaining('40401'),
    ])
    expect((await post(topic, JSON.stringify({ records: [{ value: 'x'.repeat(11_000_000) }] })))[0]).toBe(413)
    expect(await lab.json(['verify'])).toMatchObject({ ok: true })
  })

  test('a hand-posted record of another shape is rejected with its reason, and the proof still holds', async () => {
    const response = await fetch(`${summary.addresses['invokeUrl']!}/topics/a1b2c3d4e5f6.pin`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.kafka.json.v2+json' },
      body: JSON.stringify({ records: [{ value: { hello: 'world' } }] }),
    })
    expect(response.status).toBe(200)
    const report = await lab.json<{ ok: boolean; checks: { name: string; counts: Record<string, number> }[] }>([
      'verify',
    ])
    expect(report.ok).toBe(true)
    expect(JSON.stringify(report)).toMatch(/"rejected":1\b/)
  })

  test('Spark answers over Delta as the truth does, and prints its answers', { timeout: 400_000 }, async () => {
    const report = await lab.json<{ ok: boolean; checks: { name: string; status: string }[] }>(['verify', '--spark'])
    expect(report.ok).toBe(true)
    expect(report.checks.find(({ name }) => name === 'stream-answers-spark')).toMatchObject({ status: 'passed' })
    const spark = await lab.json<Rows>(['query', '9', '--path', 'stream', '--engine', 'spark'])
    expect(spark).toEqual(await lab.json<Rows>(['query', '9', '--path', 'stream']))
  })

  test(
    'over the batch path both engines agree, and the batch job writes what they answer',
    { timeout: 400_000 },
    async () => {
      expect(await lab.run(['query', 'all', '--engine', 'both'])).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('agree on every cell') as string,
      })
      const { answers } = await lab.json<{ answers: Record<string, Rows> }>(['spark', 'batch'])
      expect(answers['9']).toEqual(await lab.json<Rows>(['query', '9', '--path', 'batch']))
    },
  )

  test('down leaves no process and no port, up goes on with the data', async () => {
    expect((await lab.run(['down'])).code).toBe(0)
    expect(await lab.processes()).toEqual([])
    for (const port of Object.values(defaultPorts))
      expect(await answers(port + portOffset), `port ${String(port)}`).toBe(false)
    expect((await lab.services()).every(({ state }) => state === 'stopped')).toBe(true)
    const again = await lab.json<UpSummary>(['up', '--posts', '0'])
    expect(again).toMatchObject({ ok: true, posts: posts + 40, records: (posts + 40) * 3 + 1 })
  })
})

const answers = async (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => {
      resolve(false)
    })
  })
