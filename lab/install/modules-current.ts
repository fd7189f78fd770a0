import { readFileSync } from 'node:fs'
import { join } from 'node:path'

// Run by bootstrap.sh, before node_modules can be relied on: imports nothing but Node. Exit code 0 when node_modules holds
// what package-lock.json names, by the list that npm keeps of what it installed.

interface LockedPackage {
  readonly version?: string
  readonly integrity?: string
  /** For other machines too: may be absent. */
  readonly optional?: boolean
}

function packagesOf(path: string): Readonly<Record<string, LockedPackage>> {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { packages?: Record<string, LockedPackage> }).packages ?? {}
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return {}
    throw error
  }
}

const [root = '.'] = process.argv.slice(2)
const wanted = packagesOf(join(root, 'package-lock.json'))
const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'))
const isCurrent = Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
  if (path === '') return true
  const found = installed[path]
  if (found === undefined) return optional === true && Object.keys(installed).length > 0
  return found.version === version && found.integrity === integrity
})
process.exitCode = isCurrent ? 0 : 1
