import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { kafkaProcess } from '../../lab/engines/native/processes/kafka.ts'
import { mysqlProcess } from '../../lab/engines/native/processes/mysql.ts'
import { nodeServiceProcess } from '../../lab/engines/native/processes/node-service.ts'
import { s3Process } from '../../lab/engines/native/processes/s3.ts'
import { spawnProcess, untilReady, type RunningProcess } from '../../lab/engines/native/processes/spawn.ts'
import { type ProcessSpec } from '../../lab/engines/native/processes/spec.ts'
import { labHome } from '../../lab/home.ts'
import { toolPaths } from '../../lab/install/tools.ts'

/** One real server, as the native engine runs it, with a temporary folder of its own. It dies with the test process. */
export interface TestService extends AsyncDisposable {
  readonly pid: number
  /** Last lines it printed. */
  readonly lines: readonly string[]
  /** SIGKILL; resolves when it is gone. Its data stay. */
  kill(): Promise<void>
  /** Starts it again on the same data and port, killed or not; resolves when it answers. */
  restart(): Promise<void>
}

export interface TestKafka extends TestService {
  readonly brokers: readonly string[]
}
export interface TestS3 extends TestService {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}
export interface TestKinesis extends TestService {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}
export interface TestMysql extends TestService {
  readonly host: string
  readonly port: number
  readonly rootPassword: string
  /** Reads the pipeline's database and nothing else. */
  readonly reader: { readonly user: string; readonly password: string }
}

const tools = toolPaths(labHome().tools)
const maxLines = 200

/** Kafka on `port` (its controller on the next unless said otherwise); topics are not made by themselves. Ready in 3-6 s. */
export async function startKafka(options: {
  port: number
  controllerPort?: number
  maxMessageBytes?: number
}): Promise<TestKafka> {
  const { port, controllerPort = port + 1, maxMessageBytes = 1_048_588 } = options
  const service = await startService((folder) =>
    kafkaProcess({
      libs: tools.kafkaLibs,
      dataDir: join(folder, 'kafka'),
      archiveDir: dirname(tools.kafkaLibs),
      port,
      controllerPort,
      partitions: 3,
      maxMessageBytes,
    }),
  )
  return Object.assign(service, { brokers: [`127.0.0.1:${String(port)}`] })
}

/** S3 on `port`, with no bucket. Ready in about 1 s. */
export async function startS3({ port }: { port: number }): Promise<TestS3> {
  const access = { region: 'us-east-1', accessKeyId: 'LABTESTACCESSKEY0001', secretAccessKey: 'x'.repeat(40) }
  const service = await startService((folder) =>
    s3Process({ ministack: tools.ministack, dataDir: join(folder, 's3'), port, ...access }),
  )
  return Object.assign(service, { endpoint: `http://127.0.0.1:${String(port)}`, ...access })
}

/**
 * Kinesis on `port`, with no stream; signatures are checked. Ready in about 0.5 s.
 *
 * @param options further settings of services/kinesis/config.ts
 */
export async function startKinesis({
  port,
  ...settings
}: { port: number } & Readonly<Record<string, unknown>>): Promise<TestKinesis> {
  const access = { accessKeyId: 'LABTESTACCESSKEY0001', secretAccessKey: 'x'.repeat(40) }
  const region = 'us-east-1'
  const service = await startService((folder) =>
    nodeServiceProcess({
      name: 'kinesis',
      port,
      config: { port, dataDir: join(folder, 'kinesis'), region, credentials: access, ...settings },
      readinessUrl: `http://127.0.0.1:${String(port)}/health`,
      compileCache: labHome().data('compile-cache'),
      maxOldSpaceMiB: 256,
    }),
  )
  return Object.assign(service, { endpoint: `http://127.0.0.1:${String(port)}`, region, ...access })
}

/** MySQL on `port`, with the empty database `pinterest_data`. Ready in about 3 s. */
export async function startMysql({ port }: { port: number }): Promise<TestMysql> {
  const rootPassword = 'root-password-of-tests'
  const reader = { user: 'project_user', password: 'reader-password-of-tests' }
  const service = await startService((folder) =>
    mysqlProcess({
      basedir: tools.mariadb,
      dataDir: join(folder, 'mysql'),
      socketPath: join(folder, 'mysql.sock'),
      port,
      rootPassword,
      reader,
    }),
  )
  return Object.assign(service, { host: '127.0.0.1', port, rootPassword, reader })
}

async function startService(specIn: (folder: string) => ProcessSpec): Promise<TestService> {
  const folder = await mkdtemp(join(tmpdir(), 'pinlab-'))
  const spec = specIn(folder)
  const lines: string[] = []
  const start = async (): Promise<RunningProcess> => {
    const started = await spawnProcess(spec, process.env, (line) => {
      lines.push(line)
      if (lines.length > maxLines) lines.shift()
    })
    try {
      await untilReady(spec, started, AbortSignal.timeout(spec.readyTimeoutMs))
    } catch (error) {
      started.kill('SIGKILL')
      throw new Error(`${spec.name} did not start; its last lines:\n${lines.slice(-20).join('\n')}`, { cause: error })
    }
    return started
  }
  let running: RunningProcess
  try {
    await spec.prepare(AbortSignal.timeout(60_000))
    running = await start()
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
  const kill = async (): Promise<void> => {
    running.kill('SIGKILL')
    await running.exited
  }
  return Object.defineProperty(
    {
      pid: running.pid,
      lines,
      kill,
      restart: async () => {
        await kill()
        running = await start()
      },
      [Symbol.asyncDispose]: async () => {
        await kill()
        await rm(folder, { recursive: true, force: true })
      },
    },
    'pid',
    { get: () => running.pid, enumerable: true },
  )
}
