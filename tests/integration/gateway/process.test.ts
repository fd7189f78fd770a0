import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Agent, request, type Dispatcher } from 'undici'
import { describe, expect, it, test } from 'vitest'
import { awsSettings, eventually, startBackend } from './fixtures.ts'

const main = join(import.meta.dirname, '../../../services/gateway/main.ts')

/** The service as the lab starts it; resolves once it says it is ready or has exited. */
async function startService(settings: object) {
  const child: ChildProcess = spawn(process.execPath, [main], {
    env: { ...process.env, PINLAB_CONFIG: JSON.stringify(settings) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: Record<string, unknown>[] = []
  const exited = once(child, 'exit') as Promise<[number | null]>
  const reader = createInterface({ input: child.stderr! })
  const ready = new Promise<void>((resolve) => {
    reader.on('line', (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>
      lines.push(entry)
      if (entry['msg'] === 'ready') resolve()
    })
  })
  await Promise.race([ready, exited])
  return {
    pid: child.pid!,
    lines,
    exited,
    url: String(lines.find(({ msg }) => msg === 'listening')?.['invokeUrl']),
    stop: () => child.kill('SIGTERM'),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exited
      reader.close()
    },
  }
}

async function rssMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024
}

const settingsFor = (host: string, more = {}) => ({
  port: 0,
  stage: 'test',
  stageVariables: { restProxyHost: host },
  aws: awsSettings(),
  ...more,
})

describe('the service process', () => {
  test('SIGTERM lets the request under way finish and exits 0', async () => {
    await using backend = await startBackend((_request, response) => {
      setTimeout(() => response.end('{}'), 200)
    })
    await using service = await startService(settingsFor(backend.host))
    const answer = fetch(`${service.url}/topics`)
    await eventually(() => backend.seen.length === 1)
    service.stop()
    expect((await answer).status).toBe(200)
    const answeredAt = Date.now()
    expect((await service.exited)[0]).toBe(0)
    expect(Date.now() - answeredAt).toBeLessThan(4_000) // the kept-alive connection is not waited for
  })

  it.each([
    { what: 'a misspelt setting', settings: { ...settingsFor('127.0.0.1:9'), stag: 'x' }, exitCode: 2, says: 'stag' },
    {
      what: 'a stage with a slash',
      settings: { ...settingsFor('127.0.0.1:9'), stage: 'a/b' },
      exitCode: 2,
      says: 'stage',
    },
    {
      what: 'a missing stage variable',
      settings: { port: 0, stage: 'test' },
      exitCode: 1,
      says: 'restProxyHost has no value',
    },
    {
      what: 'an unreadable description',
      settings: { ...settingsFor('127.0.0.1:9'), apiPath: '/nowhere.yaml' },
      exitCode: 1,
      says: '/nowhere.yaml',
    },
    {
      what: 'an access log below a file',
      settings: { ...settingsFor('127.0.0.1:9'), accessLog: join(main, 'access.log') },
      exitCode: 1,
      says: join(main, 'access.log'),
    },
    {
      what: 'an access log format without an id',
      settings: { ...settingsFor('127.0.0.1:9'), accessLog: 'stdout', accessLogFormat: 'x' },
      exitCode: 1,
      says: 'must include',
    },
  ])('$what fails the start with exit code $exitCode and says so', async ({ settings, exitCode, says }) => {
    await using service = await startService(settings)
    expect((await service.exited)[0]).toBe(exitCode)
    await eventually(() => JSON.stringify(service.lines).includes(says))
  })

  test('a taken port fails the start by name', async () => {
    await using holder = createServer()
    holder.listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const { port } = holder.address() as AddressInfo
    await using service = await startService(settingsFor('127.0.0.1:9', { port }))
    expect((await service.exited)[0]).toBe(1)
    await eventually(() => JSON.stringify(service.lines).includes(`gateway cannot listen on 127.0.0.1:${String(port)}`))
  })

  test('an integration the lab does not execute fails the start by name, with file and line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pinlab-gateway-'))
    await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
    const apiPath = join(folder, 'api.yaml')
    const shipped = await readFile(join(main, '../api.yaml'), 'utf8')
    await writeFile(apiPath, shipped.replace('type: http_proxy', 'type: aws_proxy'))
    await using service = await startService(settingsFor('127.0.0.1:9', { apiPath }))
    expect((await service.exited)[0]).toBe(1)
    const said = await eventually(() =>
      service.lines.map((line) => JSON.stringify(line)).find((line) => line.includes('type aws_proxy')),
    )
    expect(said).toContain(`${apiPath}:18 ANY /{proxy+}`)
  })

  test('the access log has one line a request, in API Gateway’s format', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pinlab-gateway-'))
    await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
    const accessLog = join(folder, 'logs', 'access.log')
    await using backend = await startBackend()
    await using service = await startService(settingsFor(backend.host, { accessLog }))
    await Promise.all(Array.from({ length: 100 }, (_, index) => fetch(`${service.url}/topics/${String(index)}`)))
    await fetch(service.url)
    service.stop()
    await service.exited
    const entries: Record<string, string>[] = []
    for await (const line of createInterface({ input: createReadStream(accessLog) }))
      entries.push(JSON.parse(line) as Record<string, string>)
    expect(entries.length).toBe(101)
    expect(new Set(entries.map(({ path }) => path)).size).toBe(101)
    expect(new Set(entries.map(({ requestId }) => requestId)).size).toBe(101)
    expect(entries.at(-1)).toMatchObject({
      status: '403',
      resourcePath: '-',
      errorMessage: 'Missing Authentication Token',
    })
    expect(entries[0]).toMatchObject({ status: '200', resourcePath: '/{proxy+}', httpMethod: 'GET', ip: '127.0.0.1' })
  })
})

test('10,000 requests at once: each is answered, what it lets through is seen once, memory stays bounded', async () => {
  const requests = 10_000
  await using backend = await startBackend()
  await using service = await startService(settingsFor(backend.host))
  const agent = new Agent({ pipelining: 1, connectTimeout: 60_000 })
  await using _ = { [Symbol.asyncDispose]: () => agent.destroy() }
  const body = JSON.stringify({ records: [{ value: { text: 'x'.repeat(1_000) } }] })
  const send = async (index: number): Promise<number> => {
    const answer: Dispatcher.ResponseData = await request(`${service.url}/topics/${String(index)}`, {
      dispatcher: agent,
      method: 'POST',
      body,
    })
    await answer.body.dump()
    return answer.statusCode
  }
  let peakMiB = 0
  const watch = setInterval(() => {
    void rssMiB(service.pid).then((mib) => (peakMiB = Math.max(peakMiB, mib)))
  }, 100)
  const statuses = await Promise.all(Array.from({ length: requests }, (_, index) => send(index)))
  clearInterval(watch)
  const count = (status: number): number => statuses.filter((each) => each === status).length
  expect(count(200) + count(429)).toBe(requests)
  expect(count(200)).toBeGreaterThanOrEqual(5_000)
  expect(backend.seen.length).toBe(count(200))
  expect(new Set(backend.seen.map(({ url }) => url)).size).toBe(count(200))
  expect(peakMiB).toBeLessThan(600)
  expect((await fetch(`${service.url}/topics`)).status).toBe(200)
}, 120_000)
