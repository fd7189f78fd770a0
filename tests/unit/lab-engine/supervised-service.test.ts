import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { localProfile } from '../../../contract/index.ts'
import { type EngineEvent } from '../../../lab/engines/engine.ts'
import { LogFile } from '../../../lab/engines/native/log-file.ts'
import { type ProcessSpec } from '../../../lab/engines/native/processes/spec.ts'
import { SupervisedService } from '../../../lab/engines/native/supervised-service.ts'
import { type RestartPolicy } from '../../../lab/lifecycle.ts'

const policy: RestartPolicy = {
  firstBackOffMs: 5,
  maxBackOffMs: 10,
  maxCrashes: 4,
  windowMs: 60_000,
  maxCrashesBeforeReady: 3,
}

let folder: string
let log: LogFile
let events: EngineEvent[]
let started: SupervisedService[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinlab-supervised-'))
  log = new LogFile(join(folder, 'a.log'))
  events = []
  started = []
})
afterEach(async () => {
  for (const service of started) await service.stop()
  log.close()
  await rm(folder, { recursive: true })
})

/** A shell script under the supervisor; ready at once unless its spec says otherwise. */
function running(script: string, spec: Partial<ProcessSpec> = {}, provision?: (signal: AbortSignal) => Promise<void>) {
  const service = new SupervisedService({
    name: 'gateway',
    profile: localProfile(),
    log,
    policy,
    env: process.env,
    onEvent: (event) => events.push(event),
    service: {
      ...(provision ? { provision } : {}),
      spec: {
        name: 'gateway',
        command: 'sh',
        args: ['-c', script],
        env: {},
        ports: [46_611],
        prepare: async () => Promise.resolve(),
        readiness: 'nothing',
        probe: async () => Promise.resolve(),
        readyTimeoutMs: 5_000,
        stopTimeoutMs: 5_000,
        ...spec,
      },
    },
  })
  started.push(service)
  return service
}

const states = (): string[] => events.map(({ state }) => state)

describe('a supervised service', () => {
  test('starts, answers and stops', async () => {
    const service = running('echo hello; exec sleep 60')
    await service.start()
    const { pid, state } = await service.status()
    expect(state).toBe('ready')
    await vi.waitFor(() => {
      expect(log.last(1)).toEqual(['hello'])
    })
    await service.stop()
    expect(() => process.kill(pid!, 0)).toThrow('ESRCH')
    expect(states()).toEqual(['starting', 'ready', 'stopping', 'stopped'])
  })

  test('that never answers is given up after its third crash, with what it printed', async () => {
    const service = running('echo about to fail >&2; exit 7', {
      probe: async () => Promise.reject(new Error('no answer')),
    })
    await expect(service.start()).rejects.toMatchObject({
      code: 'LAB_SERVICE_FAILED',
      why: 'gateway ended before it answered: exit code 7',
      lastLogLines: expect.arrayContaining(['about to fail']) as string[],
    })
    expect(states()).toEqual(['starting', 'backing-off', 'starting', 'backing-off', 'starting', 'failed'])
    expect(await service.status()).toMatchObject({ state: 'failed', restarts: 2 })
  })

  test('that was ready is restarted up to the policy’s bound, and starts again when asked for', async () => {
    const service = running('sleep 0.2')
    await service.start()
    await vi.waitFor(
      () => {
        expect(service.state).toBe('failed')
      },
      { timeout: 10_000 },
    )
    expect(states().filter((state) => state === 'ready')).toHaveLength(4)
    await service.start()
    expect(service.state).toBe('ready')
  })

  test('that does not answer in time is stopped and fails with LAB_SERVICE_TIMEOUT', async () => {
    const service = running('exec sleep 60', {
      readyTimeoutMs: 100,
      probe: async () => Promise.reject(new Error('503')),
    })
    await expect(service.start()).rejects.toMatchObject({
      code: 'LAB_SERVICE_TIMEOUT',
      why: 'gateway did not answer within 0.1 s: 503',
    })
    expect(await service.status()).not.toHaveProperty('pid')
  })

  test('that ignores SIGTERM is killed past its bound', async () => {
    const service = running('trap "" TERM; echo deaf; while :; do sleep 0.05; done', { stopTimeoutMs: 200 })
    await service.start()
    await vi.waitFor(() => {
      expect(log.last(1)).toEqual(['deaf'])
    })
    const { pid } = await service.status()
    await service.stop()
    expect(() => process.kill(pid!, 0)).toThrow('ESRCH')
  })

  test('can be stopped while it starts and while it backs off', async () => {
    const starting = running('exec sleep 60', { probe: async () => Promise.reject(new Error('not yet')) })
    const start = starting.start()
    const outcome = expect(start).rejects.toThrow('was stopped')
    await vi.waitFor(async () => {
      expect(await starting.status()).toHaveProperty('pid')
    })
    await starting.stop()
    await outcome
    expect(starting.state).toBe('stopped')
  })

  test('is ready only when it is provisioned, which a crash does not repeat', async () => {
    let attempts = 0
    const service = running('sleep 0.3', {}, async () => {
      attempts += 1
      return attempts < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve()
    })
    await service.start()
    expect(attempts).toBe(3)
    await vi.waitFor(() => {
      expect(states().filter((state) => state === 'ready')).toHaveLength(2)
    })
    expect(attempts).toBe(3)
  })

  test('tells its spec how each process ended', async () => {
    const outcomes: unknown[] = []
    const service = running('exec sleep 60', {
      afterExit: async (outcome) => {
        outcomes.push(outcome)
        return Promise.resolve()
      },
    })
    await service.start()
    process.kill((await service.status()).pid!, 'SIGKILL')
    await vi.waitFor(() => {
      expect(states().filter((state) => state === 'ready')).toHaveLength(2)
    })
    await service.stop()
    expect(outcomes).toEqual([
      { wasReady: true, orderly: false },
      { wasReady: true, orderly: true },
    ])
  })

  test('that finds no room on the disk says so', async () => {
    const service = running('echo "java.io.IOException: No space left on device"; exit 1', {
      probe: async () => Promise.reject(new Error('no answer')),
    })
    await expect(service.start()).rejects.toMatchObject({ code: 'LAB_DISK_FULL' })
    expect(states()).toEqual(['starting', 'failed'])
  })
})

test('a log on a full disk takes no service down', () => {
  const full = new LogFile('/dev/full')
  full.write('a line')
  expect(full.last(1)).toEqual(['a line'])
  full.close()
})
