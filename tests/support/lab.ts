import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { PathName } from '../../contract/index.ts'
import { projectRoot } from './documents.ts'

export interface CommandResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

type LabChild = ChildProcessByStdio<null, Readable, Readable>

/** A lab of a test's own: a temporary home and ports moved by `portOffset`. Disposing it stops and removes everything. */
export class TestLab implements AsyncDisposable {
  readonly home: string
  readonly portOffset: number

  readonly #paths: string

  private constructor(home: string, portOffset: number, paths: readonly PathName[]) {
    this.home = home
    this.portOffset = portOffset
    this.#paths = paths.join(',')
  }

  /**
   * @param home an existing folder, which disposing removes; a fresh one by default
   * @param paths the batch path alone by default: a lab with the stream path starts Spark too
   */
  static async create(
    portOffset: number,
    { home, paths = ['batch'] }: { home?: string; paths?: readonly PathName[] } = {},
  ): Promise<TestLab> {
    return new TestLab(home ?? (await mkdtemp(join(tmpdir(), 'pinlab-e2e-'))), portOffset, paths)
  }

  spawn(args: readonly string[], env: NodeJS.ProcessEnv = {}): LabChild {
    return spawn(join(projectRoot, 'lab', 'bin', 'lab'), args, {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...withoutSettings(process.env),
        LAB_HOME: this.home,
        PORT_OFFSET: String(this.portOffset),
        PATHS: this.#paths,
        ...env,
      },
    })
  }

  /** Runs one command to its end, whatever its exit code. */
  async run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
    return finished(this.spawn(args, env))
  }

  /** Runs a command that must succeed and parses what it prints as JSON. */
  async json<T>(args: readonly string[]): Promise<T> {
    const result = await this.run([...args, '--json'])
    if (result.code !== 0)
      throw new Error(`lab ${args.join(' ')} exited ${String(result.code)}:\n${result.stderr}${result.stdout}`)
    return JSON.parse(result.stdout) as T
  }

  async services(): Promise<ServiceRow[]> {
    return JSON.parse((await this.run(['status', '--json'])).stdout) as ServiceRow[]
  }

  async kill(service: string): Promise<void> {
    const found = (await this.services()).find(({ name }) => name === service)
    if (!found?.pid) throw new Error(`${service} has no process to kill`)
    process.kill(found.pid, 'SIGKILL')
  }

  /** Processes that carry this lab's marker in their environment, the lab's own command lines excepted. */
  async processes(): Promise<number[]> {
    const marker = `PINLAB_HOME=${this.home}`
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const marked = await Promise.all(
      pids.map(async (pid) => {
        const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch((error: unknown) => {
          if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
          throw error
        })
        return environ.split('\0').includes(marker) ? [Number(pid)] : []
      }),
    )
    return marked.flat()
  }

  /** RAM of every process of this lab, its supervisor included. */
  async memoryBytes(): Promise<number> {
    const statuses = await Promise.all(
      (await this.processes()).map(async (pid) => readFile(`/proc/${String(pid)}/status`, 'utf8')),
    )
    return statuses.reduce((sum, status) => sum + Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024, 0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(['down'])
    await rm(this.home, { recursive: true, force: true })
  }
}

export interface ServiceRow {
  name: string
  state: string
  pid?: number
  port?: number
  memoryBytes?: number
  restarts?: number
}

export async function finished(child: LabChild): Promise<CommandResult> {
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

/** A developer's own settings must not leak into a test's lab. */
const withoutSettings = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name]) =>
        ![
          ...['ENGINE', 'POSTS', 'SEED', 'SIZE', 'USER_ID', 'RATE', 'FLUSH_SIZE', 'PARTITIONS', 'MAKEFLAGS'],
          ...['SHARDS', 'SHARD_LIMITS', 'PUT_RECORD_TEMPLATE'],
        ].includes(name),
    ),
  )
