import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const script = (path: string): string => join(import.meta.dirname, '..', '..', path)

/** Runs a script with one JSON argument and returns the JSON it prints. */
export async function runScript<T>(path: string, options: object): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [script(path), JSON.stringify(options)])
  return JSON.parse(stdout) as T
}

export interface ServiceProcess extends AsyncDisposable {
  /** First address it logged. */
  readonly url: string
  /** Processor time used so far, all threads. */
  readonly cpuSeconds: () => Promise<number>
}

/** A service in a process of its own, as the lab starts it; resolves at the first log line that holds an address. */
export async function startServiceProcess(name: string, config: object): Promise<ServiceProcess> {
  const path = `services/${name}/main.ts`
  const child = spawn(process.execPath, [script(path)], {
    env: { ...process.env, PINLAB_CONFIG: JSON.stringify(config) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const url = await Promise.race([addressOf(child), endOf(child, path)])
  return {
    url,
    cpuSeconds: async () => {
      const fields = (await readFile(`/proc/${String(child.pid)}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ')
      return (Number(fields[11]) + Number(fields[12])) / 100 // utime and stime in ticks of 10 ms: proc(5)
    },
    [Symbol.asyncDispose]: async () => {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    },
  }
}

function addressOf({ stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    if (stderr === null) return
    createInterface(stderr).on('line', (line) => {
      const address = /http:\/\/127\.0\.0\.1:\d+[^"\s]*/.exec(line)?.[0]
      if (address !== undefined) resolve(address)
    })
  })
}

async function endOf(child: ChildProcess, path: string): Promise<never> {
  await once(child, 'exit')
  throw new Error(`${path} ended before it listened`)
}
