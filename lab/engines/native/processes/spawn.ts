import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { type Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { lineSplitter } from './line-splitter.ts'
import { type ProcessSpec } from './spec.ts'

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface RunningProcess {
  readonly pid: number
  /** Resolves when the process is gone; never rejects. */
  readonly exited: Promise<Exit>
  readonly kill: (signal: NodeJS.Signals) => void
  /** SIGTERM, then SIGKILL past the spec's bound. Idempotent. */
  readonly stop: () => Promise<Exit>
}

const probeTimeoutMs = 5_000
const probePauseMs = 50
const drainMs = 300

/**
 * Starts the process with `env` and the spec's own. It dies with this process, however this one ends: the kernel sends SIGKILL to
 * it when its parent is gone. `onLine` gets stdout and stderr line by line.
 * @throws Error when the program cannot be run at all
 */
export async function spawnProcess(
  spec: ProcessSpec,
  env: NodeJS.ProcessEnv,
  onLine: (line: string) => void,
): Promise<RunningProcess> {
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', '--', spec.command, ...spec.args],
    { env: { ...env, ...spec.env }, cwd: spec.cwd, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  for (const stream of [child.stdout, child.stderr]) {
    const lines = lineSplitter(onLine)
    stream.on('data', lines.push)
    stream.on('end', lines.end)
  }
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      // its last lines may still be in the pipes, which a grandchild can hold open for longer
      const drained = setTimeout(resolve, drainMs, { code, signal })
      child.once('close', () => {
        clearTimeout(drained)
        resolve({ code, signal })
      })
    })
  })
  await once(child, 'spawn')
  const { pid } = child
  if (pid === undefined) throw new Error(`${spec.name} has no process id`)
  const stop = async (): Promise<Exit> => {
    child.kill('SIGTERM')
    const timeout = new AbortController()
    const late = delay(spec.stopTimeoutMs, 'late' as const, { signal: timeout.signal, ref: false }).catch(
      () => 'stopped' as const,
    )
    if ((await Promise.race([exited, late])) === 'late') child.kill('SIGKILL')
    timeout.abort()
    return exited
  }
  return { pid, exited, kill: (signal) => void child.kill(signal), stop }
}

/**
 * Probes until the server answers rightly.
 * @throws ProcessExited when it ends before, ProcessNotReady past the spec's bound, or the signal's reason
 */
export async function untilReady(spec: ProcessSpec, running: RunningProcess, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + spec.readyTimeoutMs
  const gone = new AbortController()
  void running.exited.then((exit) => {
    gone.abort(new ProcessExited(spec.name, exit))
  })
  const stopped = AbortSignal.any([signal, gone.signal])
  const cut = Promise.withResolvers<never>()
  cut.promise.catch(() => undefined)
  stopped.addEventListener('abort', () => {
    cut.reject(stopped.reason)
  })
  for (;;) {
    stopped.throwIfAborted()
    try {
      // a client library may go on trying for a while after the process is gone: its answer is no longer waited for
      await Promise.race([spec.probe(AbortSignal.any([stopped, AbortSignal.timeout(probeTimeoutMs)])), cut.promise])
      return
    } catch (error) {
      stopped.throwIfAborted()
      if (performance.now() > deadline) throw new ProcessNotReady(spec, error)
    }
    await delay(probePauseMs, undefined, { signal: stopped }).catch(() => undefined)
  }
}

/** `exit` in words: `exit code 1`, `killed by SIGKILL`. */
export const exitText = ({ code, signal }: Exit): string =>
  signal === null ? `exit code ${String(code)}` : `killed by ${signal}`

export class ProcessExited extends Error {
  readonly exit: Exit
  constructor(name: string, exit: Exit) {
    super(`${name} ended before it answered: ${exitText(exit)}`)
    this.name = 'ProcessExited'
    this.exit = exit
  }
}

export class ProcessNotReady extends Error {
  constructor(spec: ProcessSpec, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`${spec.name} did not answer within ${String(spec.readyTimeoutMs / 1_000)} s: ${reason}`, { cause })
    this.name = 'ProcessNotReady'
  }
}
