import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { LabError } from '../../../contract/index.ts'
import { isServiceName, serviceNames, servicesOf, withDependencies, type ServiceName } from '../../graph.ts'
import { type LabHome } from '../../home.ts'
import { type Engine, type ServiceStatus, type StartedLab, type StartOptions } from '../engine.ts'
import { SupervisorClient } from './client.ts'
import { readLogs } from './logs.ts'
import { removeOrphans, untilGone } from './orphans.ts'
import { ensureSupervisor, supervisorFailed } from './start-supervisor.ts'

const statusTimeoutMs = 3_000
/** The longest chain of orderly stops (gateway, REST proxy, Kafka), each with its own bound. */
const stopTimeoutMs = 45_000

/** Services as child processes of a supervisor of their own, on this machine, without Docker. */
export const nativeEngine: Engine = {
  start,
  status,
  stop,
  restart: async (home, service) => askFor(home, 'restart', service),
  startService: async (home, service) => askFor(home, 'startService', service),
  stopService: async (home, service) => askFor(home, 'stopService', service),
  logs: (options) =>
    readLogs({ ...options, services: options.service === undefined ? serviceNames : [serviceNamed(options.service)] }),
}

async function start(options: StartOptions): Promise<StartedLab> {
  const { profile, credentials, home, signal, onEvent } = options
  const services = withDependencies(options.services ?? servicesOf(profile))
  if (isAborted(signal)) throw interrupted(home)
  const client = await ensureSupervisor(options, services)
  const release = (): void => {
    client.tell({ do: 'release' })
  }
  signal.addEventListener('abort', release, { once: true })
  try {
    const reply = await client.ask({ do: 'start', profile, credentials, services }, onEvent)
    if (reply === undefined) throw await supervisorFailed(home, 'it ended while it started the services')
    if (reply.is === 'released') await untilGone(home)
    else if (isAborted(signal)) await untilReleased(home, client)
  } catch (error) {
    if (isAborted(signal)) await untilReleased(home, client)
    await client[Symbol.asyncDispose]()
    throw isAborted(signal) ? interrupted(home) : error
  } finally {
    signal.removeEventListener('abort', release)
  }
  if (!isAborted(signal)) return startedLab(home, client)
  await client[Symbol.asyncDispose]()
  throw interrupted(home)
}

/** A call, as it can become true at any moment. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted

function startedLab(home: LabHome, client: SupervisorClient): StartedLab {
  let open = true
  return {
    detach: async () => {
      if (!open) return
      open = false
      const reply = await client.ask({ do: 'detach' })
      await client[Symbol.asyncDispose]()
      if (reply === undefined) throw await supervisorFailed(home, 'it ended before the lab was left to itself')
    },
    [Symbol.asyncDispose]: async () => {
      if (!open) return
      open = false
      client.tell({ do: 'release' })
      await untilReleased(home, client)
      await client[Symbol.asyncDispose]()
    },
  }
}

/** Waits for the answer to a `release`: the lab is stopped then, unless another command had left it to itself. */
async function untilReleased(home: LabHome, client: SupervisorClient): Promise<void> {
  const released = await withTimeout(answerToRelease(client), stopTimeoutMs)
  if (released === 'late') await removeOrphans(home)
  else if (released.stopped) await untilGone(home)
}

async function answerToRelease(client: SupervisorClient): Promise<{ readonly stopped: boolean }> {
  for (;;) {
    try {
      const reply = await client.answer()
      if (reply === undefined) return { stopped: true }
      if (reply.is === 'released') return reply
    } catch (error) {
      if (!(error instanceof LabError)) throw error // the start that was given up
    }
  }
}

async function status(home: LabHome): Promise<ServiceStatus[]> {
  const services = await supervisedServices(home)
  return services.length > 0 ? services : serviceNames.map((name) => ({ name, state: 'stopped' }))
}

/** Empty where no supervisor answers. */
async function supervisedServices(home: LabHome): Promise<ServiceStatus[]> {
  await using client = await SupervisorClient.connect(home)
  const reply = client ? await withTimeout(client.ask({ do: 'status' }), statusTimeoutMs) : undefined
  return reply !== undefined && reply !== 'late' && reply.is === 'status' ? reply.services : []
}

async function stop({ home, signal, onEvent }: Parameters<Engine['stop']>[0]): Promise<void> {
  const answers = (await supervisedServices(home)).length > 0 // one that hangs is not waited for
  await using client = answers ? await SupervisorClient.connect(home) : undefined
  if (client) {
    const stopped = withTimeout(client.ask({ do: 'stop' }, onEvent), stopTimeoutMs)
    const interrupted = once(signal, 'abort')
    await Promise.race([stopped, interrupted])
    if (isAborted(signal)) throw interruptedStop(home)
    await untilGone(home)
  }
  for (const { service } of await removeOrphans(home)) {
    if (isServiceName(service)) onEvent?.({ service, state: 'stopped', elapsedMs: 0 })
  }
}

async function askFor(home: LabHome, what: 'restart' | 'startService' | 'stopService', name: string): Promise<void> {
  const service = serviceNamed(name)
  await using client = await SupervisorClient.connect(home)
  const reply = await client?.ask({ do: what, service })
  if (reply === undefined) throw notRunning(home)
}

function serviceNamed(name: string): ServiceName {
  if (isServiceName(name)) return name
  throw new LabError('LAB_USAGE', {
    what: `there is no service "${name}"`,
    why: `the lab has ${serviceNames.join(', ')}`,
    fix: 'name one of these',
  })
}

async function withTimeout<T>(answer: Promise<T>, timeoutMs: number): Promise<T | 'late'> {
  const over = new AbortController()
  const late = delay(timeoutMs, 'late' as const, { signal: over.signal, ref: false }).catch(() => 'late' as const)
  try {
    return await Promise.race([answer, late])
  } finally {
    over.abort()
    answer.catch(() => undefined)
  }
}

const interrupted = ({ root }: LabHome): LabError =>
  new LabError('LAB_INTERRUPTED', {
    what: `the start of the lab in ${root} was interrupted`,
    why: 'it was asked to stop',
    fix: 'make up starts it again: data are kept',
  })

const interruptedStop = ({ root }: LabHome): LabError =>
  new LabError('LAB_INTERRUPTED', {
    what: `the lab in ${root} is still stopping`,
    why: 'this command was asked to stop',
    fix: 'make down waits for it again',
  })

const notRunning = ({ root }: LabHome): LabError =>
  new LabError('LAB_NOT_RUNNING', {
    what: `the lab in ${root} is not running`,
    why: 'it was stopped, or never started',
    fix: 'make up (POSTS=0 starts it without posting anything)',
  })
