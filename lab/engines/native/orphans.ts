import { setTimeout as delay } from 'node:timers/promises'
import { type LabHome } from '../../home.ts'
import { processesOf, type LabProcess } from './proc.ts'

const goneTimeoutMs = 10_000

/** Kills every process of this lab, its supervisor included, and waits until they are gone. Resolves with what it killed. */
export async function removeOrphans(home: LabHome): Promise<LabProcess[]> {
  const orphans = await processesOf(home)
  for (const { pid } of orphans) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
  await untilGone(home)
  return orphans
}

/** Resolves when no process of this lab is left, false when some still are after `timeoutMs`. */
export async function untilGone(home: LabHome, timeoutMs = goneTimeoutMs): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while ((await processesOf(home)).length > 0) {
    if (performance.now() > deadline) return false
    await delay(25)
  }
  return true
}
