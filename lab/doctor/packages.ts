import { LabError } from '../../contract/index.ts'
import { runChild } from '../install/child.ts'
import { locate } from '../install/locate.ts'
import { type Finding } from './finding.ts'

interface AptContext {
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/** Of each row of alternatives the first that the distribution has (the first of all where none is known). */
export async function packagesFor(findings: readonly Finding[], context: AptContext): Promise<readonly string[]> {
  const rows = findings.flatMap((finding) => finding.packages ?? [])
  const chosen = await Promise.all(
    rows.map(async (alternatives) => (await firstKnown(alternatives, context)) ?? alternatives[0]),
  )
  return [...new Set(chosen.filter((name) => name !== undefined))]
}

async function firstKnown(alternatives: readonly string[], { env, signal }: AptContext): Promise<string | undefined> {
  if (alternatives.length === 1) return alternatives[0]
  for (const name of alternatives) {
    const { exitCode, output } = await runChild('apt-cache', ['show', '--no-all-versions', name], { env, signal })
    if (exitCode === 0 && output.includes('Package:')) return name
  }
  return undefined
}

export const hasApt = async (env: NodeJS.ProcessEnv): Promise<boolean> => (await locate('apt-get', env)) !== undefined

export const aptCommand = (packages: readonly string[], sudo: boolean): string => {
  const prefix = sudo ? 'sudo ' : ''
  return `${prefix}apt-get update && ${prefix}apt-get install -y --no-install-recommends ${packages.join(' ')}`
}

/**
 * Installs what is missing as root, saying what it does. The package manager is left to end its step even when the lab is
 * interrupted, since half a step would break the system's packages.
 * @throws LabError LAB_PREREQUISITE_MISSING with apt's own reason.
 */
export async function installPackages(
  findings: readonly Finding[],
  context: AptContext,
  onProgress: (text: string) => void,
): Promise<void> {
  const env = { ...context.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = async (what: string, args: readonly string[]): Promise<void> => {
    onProgress(`apt-get ${args.join(' ')}`)
    const { exitCode, output } = await runChild('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      env,
      signal: AbortSignal.any([]), // not ours, see above
      outlives: true,
    })
    context.signal.throwIfAborted()
    if (exitCode !== 0) throw failed(what, output)
  }
  await apt('update its lists', ['update'])
  const packages = await packagesFor(findings, context) // now that the lists are fresh
  await apt(`install ${packages.join(', ')}`, ['install', '-y', '--no-install-recommends', ...packages])
}

const failed = (what: string, output: string): LabError =>
  new LabError('LAB_PREREQUISITE_MISSING', {
    what: `apt-get could not ${what}`,
    why:
      output
        .split('\n')
        .filter((line) => /^[EW]: /.test(line))
        .slice(0, 2)
        .join(' ') || output.trim().slice(-300),
    fix: 'run "apt-get update" by hand and see; then run the command again, or install by hand what "npx lab doctor --no-install" lists',
  })
