import { mkdtemp, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '../../services/runtime/log.ts'
import { Config } from '../../services/s3-sink/config.ts'
import { start, type Worker } from '../../services/s3-sink/worker.ts'

/** No broker and no store answer there: what the REST API says must not depend on them. */
const nowhere = '127.0.0.1:1'

let folder: string
let worker: Worker

async function startWorker(): Promise<Worker> {
  const config = Config.parse({
    port: 0,
    brokers: [nowhere],
    stateDir: folder,
    s3: { endpoint: `http://${nowhere}`, region: 'us-east-1', accessKeyId: 'dummy', secretAccessKey: 'dummy' },
  })
  return start(config, { log: createLog('s3-sink', 'silent'), signal: new AbortController().signal })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinlab-connect-'))
  worker = await startWorker()
})
afterAll(async () => {
  await worker[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})
beforeEach(async () => {
  for (const name of (await call('GET', '/connectors')).body as string[])
    await call('DELETE', `/connectors/${encodeURIComponent(name)}`)
})

interface Answer {
  status: number
  body: unknown
}

async function call(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> {
  const response = await fetch(new URL(path, worker.url), {
    method,
    ...(body === undefined
      ? {}
      : { body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'content-type': type } }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
}

const config = {
  'connector.class': 'io.confluent.connect.s3.S3SinkConnector',
  's3.region': 'us-east-1',
  'flush.size': 1,
  'schema.compatibility': 'NONE',
  'tasks.max': '3',
  'topics.regex': 'a1b2c3d4e5f6.*',
  'format.class': 'io.confluent.connect.s3.format.json.JsonFormat',
  'partitioner.class': 'io.confluent.connect.storage.partitioner.DefaultPartitioner',
  'value.converter.schemas.enable': false,
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'storage.class': 'io.confluent.connect.s3.storage.S3Storage',
  'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
  's3.bucket.name': 'user-a1b2c3d4e5f6-bucket',
}
const asText = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, String(value)]))
const error = (status: number, message: unknown): Answer => ({ status, body: { error_code: status, message } })
const invalid = (...errors: string[]): Answer =>
  error(
    400,
    [
      `Connector configuration is invalid and contains the following ${String(errors.length)} error(s):`,
      ...errors,
      'You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`',
    ].join('\n'),
  )

// answers as a Connect worker of Apache Kafka 4.3.1 gave them
describe('errors', () => {
  it.each<[string, string, Answer]>([
    ['GET', '/nope', error(404, 'HTTP 404 Not Found')],
    ['GET', '/connectors/zz', error(404, 'Connector zz not found')],
    ['GET', '/connectors/zz/config', error(404, 'Connector zz not found')],
    ['GET', '/connectors/zz/tasks', error(404, 'Connector zz not found')],
    ['GET', '/connectors/zz/status', error(404, 'No status found for connector zz')],
    ['GET', '/connectors/zz/tasks/0/status', error(404, 'No status found for task zz-0')],
    ['GET', '/connectors/zz/tasks/x/status', error(404, 'HTTP 404 Not Found')],
    ['GET', '/connectors/zz/offsets', error(404, 'Connector zz not found')],
    ['PUT', '/connectors/zz/pause', error(404, 'Unknown connector zz')],
    ['PUT', '/connectors/zz/resume', error(404, 'Unknown connector zz')],
    ['PUT', '/connectors/zz/stop', error(404, 'Unknown connector zz')],
    ['POST', '/connectors/zz/restart', error(404, 'Unknown connector: zz')],
    ['POST', '/connectors/zz/tasks/0/restart', error(404, 'Unknown connector: zz')],
    ['DELETE', '/connectors/zz', error(404, 'Connector zz not found')],
    ['GET', '/connector-plugins/Foo/config', error(404, 'Unknown plugin Foo.')],
    ['PATCH', '/connectors', error(405, 'HTTP 405 Method Not Allowed')],
    ['DELETE', '/connectors', error(405, 'HTTP 405 Method Not Allowed')],
    ['POST', '/connectors/zz/config', error(405, 'HTTP 405 Method Not Allowed')],
  ])('%s %s', async (method, path, answer) => {
    expect(await call(method, path)).toEqual(answer)
  })

  it.each<[string, unknown, Answer]>([
    ['malformed JSON', '{bad', error(400, expect.stringContaining('The request body is not JSON'))],
    ['no body', '', error(400, expect.stringContaining('The request body is not JSON'))],
    ['a list', '[]', error(400, expect.stringContaining('must be a JSON object with "name" and "config"'))],
    ['no config', { name: 'a' }, error(400, 'Connector config {name=a} contains no connector type')],
    ['another key', { name: 'a', config, foo: 1 }, error(400, expect.stringContaining('must be a JSON object'))],
    [
      'a nested value',
      { name: 'a', config: { ...config, x: {} } },
      error(400, expect.stringContaining('must be a JSON object')),
    ],
    [
      'no connector class',
      { name: 'a', config: {} },
      error(400, 'Connector config {name=a} contains no connector type'),
    ],
    [
      'an unknown class',
      { name: 'a', config: { 'connector.class': 'com.foo.Bar' } },
      error(
        400,
        'Failed to find any class that implements Connector and which name matches com.foo.Bar, available connectors are: io.confluent.connect.s3.S3SinkConnector',
      ),
    ],
    [
      'two names',
      { name: 'a', config: { ...config, name: 'b' } },
      error(400, "Connector name configuration (b) doesn't match connector name in the URL (a)"),
    ],
    [
      'a null value',
      { name: 'a', config: { ...config, x: null } },
      invalid('Null value can not be supplied as the configuration value.'),
    ],
    ['an empty name', { name: '', config }, invalid('Invalid value  for configuration name: String may not be empty')],
    [
      'several faults',
      {
        name: 'a',
        config: { ...config, 'tasks.max': 'abc', 'flush.size': undefined, 'errors.tolerance': 'some', topics: 'x' },
      },
      invalid(
        'Invalid value abc for configuration tasks.max: Not a number of type INT',
        'topics and topics.regex are mutually exclusive options, but both are set.',
        'topics and topics.regex are mutually exclusive options, but both are set.',
        'Invalid value some for configuration errors.tolerance: String must be one of: none, all',
        'Missing required configuration "flush.size" which has no default value.',
      ),
    ],
  ])('creation with %s', async (_, body, answer) => {
    expect(await call('POST', '/connectors', body)).toEqual(answer)
    expect((await call('GET', '/connectors')).body).toEqual([])
  })

  it('a body of another media type', async () => {
    expect(await call('POST', '/connectors', '<a/>', 'application/xml')).toEqual(
      error(415, 'HTTP 415 Unsupported Media Type'),
    )
  })

  it('a body over 1 MiB', async () => {
    const body = { name: 'a', config: { ...config, x: 'x'.repeat(1_100_000) } }
    expect(await call('POST', '/connectors', body)).toEqual(error(413, 'HTTP 413 Request Entity Too Large'))
  })

  it.each([
    '/connectors/../../etc/passwd',
    '/connectors/..%2f..%2fetc%2fpasswd',
    '/connectors/%00',
    '/connectors/%zz',
    '//',
  ])('a path that tries to climb or breaks off: %s', async (path) => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { hostname, port } = worker.url
      httpRequest({ hostname, port, path }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect([400, 404]).toContain(status)
  })
})

describe('a connector', () => {
  const create = async (name = 'a'): Promise<Answer> => call('POST', '/connectors', { name, config })
  const tasks = [0, 1, 2]

  it('is created with its values as text, once', async () => {
    const info = {
      name: 'a',
      config: { ...asText, name: 'a' },
      tasks: tasks.map((task) => ({ connector: 'a', task })),
      type: 'sink',
    }
    expect(await create()).toEqual({ status: 201, body: info })
    expect(await create()).toEqual(error(409, 'Connector a already exists'))
    expect(await call('GET', '/connectors')).toEqual({ status: 200, body: ['a'] })
    expect(await call('GET', '/connectors/a')).toEqual({ status: 200, body: info })
    expect(await call('GET', '/connectors/a/config')).toEqual({ status: 200, body: info.config })
  })

  it('is created from a properties file as from JSON', async () => {
    const text = Object.entries({ ...config, name: 'a' })
      .map(([key, value]) => `${key}=${String(value)}`)
      .join('\n')
    expect(await call('POST', '/connectors', `# the course's\n${text}`, 'text/plain')).toMatchObject({ status: 201 })
    expect(await call('PUT', '/connectors/b/config', text.replace('name=a', 'name=b'), 'text/plain')).toMatchObject({
      status: 201,
    })
    const { body } = await call('GET', '/connectors/a/config')
    expect(body).toEqual({ ...asText, name: 'a' })
  })

  it('is created by the request that MSK Connect takes', async () => {
    const body = {
      connectorName: 'a',
      connectorConfiguration: asText,
      capacity: { autoScaling: {} },
      kafkaConnectVersion: '2.7.1',
    }
    expect(await call('POST', '/connectors', body)).toMatchObject({ status: 201, body: { name: 'a' } })
  })

  it('has the states and answers of Connect', async () => {
    const worker_id = worker.url.host
    const at = (state: string) => ({ state, worker_id, version: '12.1.0' })
    const status = (state: string, ids: number[]) => ({
      status: 200,
      body: { name: 'a', connector: at(state), tasks: ids.map((id) => ({ id, ...at(state) })), type: 'sink' },
    })
    await create()
    expect(await call('GET', '/connectors/a/status')).toEqual(status('RUNNING', tasks))
    expect(await call('PUT', '/connectors/a/pause')).toEqual({ status: 202 })
    expect(await call('GET', '/connectors/a/status')).toEqual(status('PAUSED', tasks))
    expect(await call('PUT', '/connectors/a/stop')).toEqual({ status: 204 })
    expect(await call('GET', '/connectors/a/status')).toEqual(status('STOPPED', []))
    expect(await call('PUT', '/connectors/a/resume')).toEqual({ status: 202 })
    expect(await call('GET', '/connectors/a/status')).toEqual(status('RUNNING', tasks))
    expect(await call('GET', '/connectors/a/tasks/2/status')).toEqual({
      status: 200,
      body: { id: 2, ...at('RUNNING') },
    })
    expect(await call('GET', '/connectors/a/tasks/3/status')).toEqual(error(404, 'No status found for task a-3'))
    expect(await call('POST', '/connectors/a/restart')).toEqual({ status: 204 })
    expect(await call('POST', '/connectors/a/restart?includeTasks=true')).toMatchObject({
      status: 202,
      body: { name: 'a' },
    })
    expect(await call('POST', '/connectors/a/tasks/0/restart')).toEqual({ status: 204 })
    expect(await call('POST', '/connectors/a/tasks/9/restart')).toEqual(error(404, 'Unknown task: a-9'))
    expect(await call('DELETE', '/connectors/a/offsets')).toMatchObject(
      error(400, expect.stringContaining('must be in the STOPPED state')),
    )
    expect(await call('GET', '/connectors/a/topics')).toEqual({ status: 200, body: { a: { topics: [] } } })
    expect(await call('DELETE', '/connectors/a')).toEqual({ status: 204 })
  })

  it('is listed with what is asked for', async () => {
    await create()
    expect((await call('GET', '/connectors?expand=foo')).body).toEqual({ a: {} })
    const { body } = await call('GET', '/connectors?expand=info&expand=status')
    expect(body).toMatchObject({
      a: { info: { name: 'a', type: 'sink' }, status: { name: 'a', connector: { state: 'RUNNING' } } },
    })
  })

  it('takes a new configuration, and no wrong one', async () => {
    await create()
    expect(await call('PUT', '/connectors/a/config', { ...config, 'tasks.max': 1 })).toMatchObject({
      status: 200,
      body: { tasks: [{ connector: 'a', task: 0 }] },
    })
    expect(await call('PUT', '/connectors/a/config', { ...config, 'flush.size': 0 })).toMatchObject({ status: 400 })
    expect((await call('GET', '/connectors/a/config')).body).toMatchObject({ 'tasks.max': '1', 'flush.size': '1' })
    expect(await call('PUT', '/connectors/a/config', { ...config, name: 'b' })).toEqual(
      error(400, "Connector name configuration (b) doesn't match connector name in the URL (a)"),
    )
  })

  it('is the same after a restart of the worker, its state too', async () => {
    await create('a/../b')
    await call('PUT', `/connectors/${encodeURIComponent('a/../b')}/pause`)
    await worker[Symbol.asyncDispose]()
    worker = await startWorker()
    expect((await call('GET', '/connectors?expand=status')).body).toMatchObject({
      'a/../b': { status: { connector: { state: 'PAUSED' } } },
    })
  })
})

describe('the plugin', () => {
  it('is listed, and describes its keys', async () => {
    expect((await call('GET', '/connector-plugins')).body).toEqual([
      { class: 'io.confluent.connect.s3.S3SinkConnector', type: 'sink', version: '12.1.0' },
    ])
    expect((await call('GET', '/connector-plugins/S3SinkConnector/config')).body).toContainEqual(
      expect.objectContaining({ name: 'flush.size', type: 'INT', required: true, default_value: null }),
    )
  })

  it('validates a configuration without creating it', async () => {
    const { status, body } = await call('PUT', '/connector-plugins/S3SinkConnector/config/validate', {
      ...config,
      name: 'a',
      'flush.size': 'x',
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({ name: 'io.confluent.connect.s3.S3SinkConnector', error_count: 1 })
    expect((body as { configs: unknown[] }).configs).toContainEqual(
      expect.objectContaining({
        value: expect.objectContaining({
          name: 'flush.size',
          value: 'x',
          errors: ['Invalid value x for configuration flush.size: Not a number of type INT'],
        }) as unknown,
      }),
    )
    expect(await call('PUT', '/connector-plugins/Foo/config/validate', config)).toEqual(
      error(400, 'Included connector type io.confluent.connect.s3.S3SinkConnector does not match request type Foo'),
    )
  })
})

it('the worker says its version', async () => {
  expect((await call('GET', '/')).body).toMatchObject({ version: '4.3.1', kafka_cluster_id: null })
  expect((await call('GET', '/health')).body).toMatchObject({ status: 'healthy' })
})
