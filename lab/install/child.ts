import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { locate } from './locate.ts'

const keptOutputChars = 64_000

export interface ChildOptions {
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  /** Lines of stdout and stderr as they come. */
  readonly onLine?: (line: string) => void
  /** The child may outlive the lab (default: it is killed with the lab, however that ends). */
  readonly outlives?: boolean
}

export interface ChildResult {
  readonly exitCode: number
  /** The last 64,000 characters of stdout and stderr, as they came. */
  readonly output: string
}

/**
 * Runs a program to its end; a failure is an exit code, not an exception.
 * @throws the signal's reason when it is aborted: the child has ended then.
 */
export async function runChild(command: string, args: readonly string[], options: ChildOptions): Promise<ChildResult> {
  const { env, signal, onLine, outlives = false } = options
  signal.throwIfAborted()
  const setpriv = outlives ? undefined : await locate('setpriv', env)
  const words = setpriv ? ['--pdeathsig', 'KILL', '--', command, ...args] : args
  const child = spawn(setpriv ?? command, words, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const stop = (): void => {
    child.kill('SIGTERM')
  }
  signal.addEventListener('abort', stop, { once: true })
  let output = ''
  let open = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      output = (output + chunk).slice(-keptOutputChars)
      const lines = (open + chunk).split('\n')
      open = lines.pop()?.slice(-keptOutputChars) ?? ''
      for (const line of lines) onLine?.(line)
    })
  }
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    signal.throwIfAborted()
    return { exitCode: code ?? 1, output }
  } catch (error) {
    signal.throwIfAborted()
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return { exitCode: 127, output: `${command}: not found` } // 127: sh's code for a command that is not there
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
