import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const script = (path: string): string => join(import.meta.dirname, '..', '..', path)

/** Runs a script with one JSON argument and returns the JSON it prints. */
export async function runScript<T>(path: string, options: object): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--disable-warning=TimeoutNegativeWarning',
    script(path),
    JSON.stringify(options),
  ])
  return JSON.parse(stdout) as T
}

export interface ServerProcess extends AsyncDisposable {
  /** First address it printed or logged. */
  readonly url: string
  /** Processor time used so far, all threads. */
  readonly cpuSeconds: () => Promise<number>
}

/** A service in a process of its own, as the lab starts it. */
export const startServiceProcess = (name: string, config: object): Promise<ServerProcess> =>
  startServer(`services/${name}/main.ts`, [], { PINLAB_CONFIG: JSON.stringify(config) })

/** A server of the benchmarks in a process of its own, given one JSON argument. */
export const startServerScript = (path: string, options: object): Promise<ServerProcess> =>
  startServer(path, [JSON.stringify(options)], {})

/** Resolves at the first line of its output that holds an address. */
async function startServer(path: string, args: string[], env: Record<string, string>): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', script(path), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const url = await Promise.race([addressOf(child), endOf(child, path)])
  return {
    url,
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    [Symbol.asyncDispose]: async () => {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    },
  }
}

/** Processor time that a process has used so far, all threads. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${String(pid)}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100 // utime and stime in ticks of 10 ms: proc(5)
}

function addressOf({ stdout, stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    for (const stream of [stdout, stderr]) {
      if (stream === null) continue
      createInterface(stream).on('line', (line) => {
        const address = /http:\/\/127\.0\.0\.1:\d+[^"\s]*/.exec(line)?.[0]
        if (address !== undefined) resolve(address)
      })
    }
  })
}

async function endOf(child: ChildProcess, path: string): Promise<never> {
  await once(child, 'exit')
  throw new Error(`${path} ended before it listened`)
}
