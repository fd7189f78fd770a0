import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { LabError } from '../../contract/index.ts'
import { locate } from './locate.ts'

const quietMs = 300

/**
 * Holds the lock `file` until disposed or until this process ends in whatever way: flock(1) keeps it in a helper process
 * that lives as long as our end of its pipe. Waits for another holder, calling `onWait` once.
 */
export async function holdLock(
  file: string,
  { env, signal, onWait }: { env: NodeJS.ProcessEnv; signal: AbortSignal; onWait: () => void },
): Promise<AsyncDisposable> {
  await mkdir(dirname(file), { recursive: true })
  const flock = await locate('flock', env)
  if (flock === undefined) {
    throw new LabError('LAB_PREREQUISITE_MISSING', {
      what: 'flock is not installed',
      why: 'set-up holds a lock, so that two of them at once do no harm',
      fix: 'install util-linux (apt-get install -y util-linux)',
    })
  }
  // detached: Ctrl-C in the terminal must not take the lock away before we have stopped
  const holder = spawn(flock, ['--exclusive', file, 'sh', '-c', 'echo held; exec cat'], {
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const release = async (): Promise<void> => {
    if (holder.exitCode !== null || holder.signalCode !== null) return
    const closed = once(holder, 'close')
    holder.stdin.end()
    await closed
  }
  const held = Promise.race([once(holder.stdout, 'data', { signal }), once(holder, 'close').then(() => ended(file))])
  try {
    const first = await Promise.race([held, setTimeout(quietMs, 'waiting' as const, { signal })])
    if (first === 'waiting') onWait()
    await held
  } catch (error) {
    holder.kill('SIGKILL') // it waits in flock and does not look at its pipe
    throw error
  }
  return { [Symbol.asyncDispose]: release }
}

function ended(file: string): never {
  throw new LabError('LAB_STATE_BROKEN', {
    what: `set-up cannot lock ${file}`,
    why: 'flock ended without the lock, as it does when the file cannot be opened',
    fix: `see that the folder of ${file} belongs to you and can be written`,
  })
}
