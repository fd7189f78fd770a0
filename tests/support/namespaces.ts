import { execFileSync } from 'node:child_process'

/** Whether this user may make a network namespace, in which nothing outside can be reached. */
export function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['-n', 'true'], { stdio: 'ignore' })
    return true
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  }
}
