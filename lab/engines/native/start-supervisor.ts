import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { LabError } from '../../../contract/index.ts'
import { type ServiceName } from '../../graph.ts'
import { projectRoot, type LabHome } from '../../home.ts'
import { assertPortsFree } from '../../ports.ts'
import { ServiceFailed } from '../engine.ts'
import { SupervisorClient } from './client.ts'
import { labEnvironment } from './environment.ts'
import { tailOf } from './logs.ts'
import { removeOrphans } from './orphans.ts'
import { processesOf } from './proc.ts'
import { nativeServices, type LabSettings } from './services.ts'

const listenTimeoutMs = 10_000
const pollMs = 20

/**
 * A connection to the supervisor of this lab, started if there is none. What a killed lab left behind is removed first.
 * @throws LabError LAB_PORT_TAKEN, LAB_STATE_BROKEN, or ServiceFailed when the supervisor does not come up
 */
export async function ensureSupervisor(
  settings: LabSettings,
  services: readonly ServiceName[],
): Promise<SupervisorClient> {
  const { home } = settings
  const running = await connectOrClean(home)
  if (running) return running
  const logFile = prepareHome(home)
  const natives = nativeServices(settings)
  await assertPortsFree(services.flatMap((service) => natives[service].spec.ports.map((port) => ({ service, port }))))
  spawnSupervisor(home, logFile)
  const deadline = performance.now() + listenTimeoutMs
  while (performance.now() < deadline) {
    const client = await SupervisorClient.connect(home)
    if (client) return client
    await delay(pollMs)
  }
  throw await supervisorFailed(home, `it did not listen within ${String(listenTimeoutMs / 1_000)} s`)
}

export async function supervisorFailed(home: LabHome, why: string): Promise<ServiceFailed> {
  return new ServiceFailed(
    'LAB_SERVICE_FAILED',
    { what: "the lab's supervisor did not stay up", why, fix: `read ${supervisorLog(home)}, then try again` },
    await tailOf(supervisorLog(home), 20),
  )
}

const supervisorLog = (home: LabHome): string => join(home.logs, 'supervisor.log')

/** A supervisor that another command started this moment is waited for; whatever else is alive has no supervisor any more. */
async function connectOrClean(home: LabHome): Promise<SupervisorClient | undefined> {
  const deadline = performance.now() + listenTimeoutMs / 2
  for (;;) {
    const client = await SupervisorClient.connect(home)
    if (client) return client
    const alive = await processesOf(home)
    if (alive.length === 0) return undefined
    if (!alive.some(({ service }) => service === 'supervisor') || performance.now() > deadline) {
      await removeOrphans(home)
      return undefined
    }
    await delay(pollMs)
  }
}

function prepareHome(home: LabHome): string {
  try {
    mkdirSync(home.logs, { recursive: true })
    mkdirSync(home.run, { recursive: true, mode: 0o700 })
    const logFile = supervisorLog(home)
    closeSync(openSync(logFile, 'a', 0o600))
    return logFile
  } catch (error) {
    throw new LabError('LAB_STATE_BROKEN', {
      what: `the lab cannot keep its state in ${home.root}`,
      why: error instanceof Error ? error.message : String(error),
      fix: 'make it a folder that you may write to, or set LAB_HOME to another',
      cause: error,
    })
  }
}

/** A process of its own session: a Ctrl-C in the terminal does not reach it, the command that started it stops it in order. */
function spawnSupervisor(home: LabHome, logFile: string): void {
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(
    process.execPath,
    [
      '--max-old-space-size=128',
      '--disable-warning=TimeoutNegativeWarning',
      join(import.meta.dirname, 'supervisor.ts'),
    ],
    {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: projectRoot,
      env: { ...labEnvironment(home, 'supervisor'), NODE_COMPILE_CACHE: home.data('compile-cache') },
    },
  )
  child.unref()
  closeSync(log)
}
