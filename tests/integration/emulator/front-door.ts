import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

const root = resolve(import.meta.dirname, '../../..')

export interface NodeService extends AsyncDisposable {
  /** SIGKILL, then a new process on the same port; resolves when that one is ready. */
  readonly killAndRestart: () => Promise<void>
}

/** One of the lab's services in a process of its own, as the lab starts it. */
export async function startNodeService(
  name: 'rest-proxy' | 'gateway' | 'kinesis',
  config: object,
): Promise<NodeService> {
  const start = async () => {
    const child = spawn(process.execPath, [join(root, 'services', name, 'main.ts')], {
      env: { ...process.env, PINLAB_CONFIG: JSON.stringify(config) },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const lines: string[] = []
    const ready = Promise.withResolvers<undefined>()
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line)
      if (lines.length > 20) lines.shift()
      if (line.includes('"msg":"ready"')) ready.resolve(undefined)
    })
    child.once('exit', () => {
      ready.reject(new Error(`${name} ended before it was ready:\n${lines.join('\n')}`))
    })
    await ready.promise
    return child
  }
  let child = await start()
  const kill = async (): Promise<void> => {
    const isGone = once(child, 'exit')
    child.kill('SIGKILL')
    await isGone
  }
  return {
    killAndRestart: async () => {
      await kill()
      child = await start()
    },
    [Symbol.asyncDispose]: kill,
  }
}
