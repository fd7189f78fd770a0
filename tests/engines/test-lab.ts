import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localProfile, type Credentials, type Profile } from '../../contract/index.ts'
import { ensureCredentials } from '../../lab/credentials.ts'
import { type EngineEvent, type ServiceStatus, type StartedLab } from '../../lab/engines/engine.ts'
import { nativeEngine } from '../../lab/engines/native/engine.ts'
import { processesOf } from '../../lab/engines/native/proc.ts'
import { type ServiceName } from '../../lab/graph.ts'
import { labHome, type LabHome } from '../../lab/home.ts'
import { portHolder } from '../../lab/ports.ts'

export interface TestLab extends AsyncDisposable {
  readonly home: LabHome
  readonly profile: Profile
  readonly credentials: Credentials
  /** Everything the engine said, in order. */
  readonly events: EngineEvent[]
  start(options?: { services?: readonly ServiceName[]; profile?: Profile; signal?: AbortSignal }): Promise<StartedLab>
  /** Starts it and leaves it to itself. */
  up(services?: readonly ServiceName[]): Promise<void>
  down(): Promise<void>
  statusOf(service: ServiceName): Promise<ServiceStatus>
}

const never = new AbortController().signal

/** A lab with a temporary home, stopped and removed at disposal. Nothing is started yet. */
export async function testLab(options: { portOffset: number; parent?: string }): Promise<TestLab> {
  const root = await mkdtemp(join(options.parent ?? tmpdir(), 'pinlab-'))
  const home = labHome(root)
  const profile = localProfile({ portOffset: options.portOffset })
  const credentials = await ensureCredentials(home.credentials)
  const events: EngineEvent[] = []
  const lab: TestLab = {
    home,
    profile,
    credentials,
    events,
    start: async (given = {}) =>
      nativeEngine.start({
        profile: given.profile ?? profile,
        credentials,
        home,
        signal: given.signal ?? never,
        onEvent: (event) => events.push(event),
        ...(given.services ? { services: given.services } : {}),
      }),
    up: async (services) => {
      await using started = await lab.start(services ? { services } : {})
      await started.detach()
    },
    down: async () => nativeEngine.stop({ home, signal: never }),
    statusOf: async (service) => (await nativeEngine.status(home)).find(({ name }) => name === service)!,
    [Symbol.asyncDispose]: async () => {
      await lab.down()
      await rm(root, { recursive: true, force: true })
    },
  }
  return lab
}

export const portsOf = ({ mysql, kafka, restProxy, gateway, s3, s3Sink, kinesis, sparkStream }: Profile): number[] => [
  mysql.port,
  Number(kafka.brokers[0]!.split(':')[1]),
  kafka.controllerPort,
  restProxy.port,
  gateway.port,
  s3.port,
  s3Sink.port,
  kinesis.port,
  sparkStream.port,
]

/** Processes and ports that a lab still holds, in words; empty when it is wholly gone. */
export async function remainsOf({ home, profile }: Pick<TestLab, 'home' | 'profile'>): Promise<string[]> {
  const remains = (await processesOf(home)).map(({ pid, service }) => `${service} (${String(pid)})`)
  for (const port of portsOf(profile)) {
    const holder = await portHolder(port)
    if (holder !== undefined) remains.push(`port ${String(port)}: ${JSON.stringify(holder)}`)
  }
  return remains
}
