import { LabError } from '../contract/index.ts'
import { type Finding, type Probe, type ProbeContext } from './doctor/finding.ts'
import { bringLoopbackUp, disk, loopback, loopbackName, mariadbLibraries, memory, system } from './doctor/machine.ts'
import { aptCommand, hasApt, installPackages, packagesFor } from './doctor/packages.ts'
import { ports } from './doctor/ports.ts'
import { java, maven, node, npm, python, utilLinux } from './doctor/programs.ts'
import { missingTools } from './install/install.ts'
import { type LabHome } from './home.ts'
import { textTable } from './tables.ts'

export interface DoctorOptions {
  readonly home: LabHome
  readonly portOffset: number
  /** Processes of this lab, which may hold its ports. */
  readonly ownPids: readonly number[]
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly onProgress: (text: string) => void
  /** Install missing Debian packages when root; otherwise they are only named. */
  readonly install: boolean
  readonly arch?: string
}

export interface Diagnosis {
  /** Nothing is missing; warnings may be there. */
  readonly ok: boolean
  readonly findings: readonly Finding[]
  /** One command that brings all missing packages, where the system has apt. */
  readonly command?: string
}

/**
 * Looks at every prerequisite of the lab, all at once: some 0.2 s, without network. Installs missing system packages, if it
 * may and can, and looks again.
 * @throws LabError LAB_PREREQUISITE_MISSING when apt-get fails; what is merely missing is in the answer.
 */
export async function runDoctor(options: DoctorOptions): Promise<Diagnosis> {
  const findings = await examine(options)
  const isRoot = process.getuid?.() === 0
  if (isRoot && options.install && (await repair(findings, options))) return diagnosis(await examine(options))
  const lacking = withPackages(findings)
  if (lacking.length === 0 || !(await hasApt(options.env))) return diagnosis(findings)
  return diagnosis(findings, aptCommand(await packagesFor(lacking, options), !isRoot))
}

const withPackages = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(({ state, packages }) => state === 'missing' && packages !== undefined)

/** @returns whether anything was done. */
async function repair(findings: readonly Finding[], options: DoctorOptions): Promise<boolean> {
  const { env, signal, onProgress } = options
  const isDown = findings.some(({ prerequisite, state }) => prerequisite === loopbackName && state === 'missing')
  if (isDown) {
    onProgress('the loopback interface is down: bringing it up')
    await bringLoopbackUp(env, signal)
  }
  const lacking = withPackages(findings)
  const installs = lacking.length > 0 && (await hasApt(env))
  if (installs) {
    onProgress(`missing: ${lacking.map((finding) => finding.prerequisite).join(', ')}; installing`)
    await installPackages(lacking, options, onProgress)
  }
  return isDown || installs
}

async function examine(options: DoctorOptions): Promise<readonly Finding[]> {
  const { home, env, signal, portOffset, ownPids, arch = process.arch } = options
  const toInstall = await missingTools(home.tools, arch)
  const context: ProbeContext = { env, signal, arch, tools: home.tools, toInstall }
  const probes: readonly Probe[] = [
    system,
    node,
    npm,
    java,
    maven,
    python,
    utilLinux,
    mariadbLibraries,
    disk(home.root),
    memory,
    loopback,
    () => ports(portOffset, ownPids),
  ]
  return Promise.all(probes.map((probe) => probe(context)))
}

const diagnosis = (findings: readonly Finding[], command?: string): Diagnosis => ({
  ok: findings.every((finding) => finding.state !== 'missing'),
  findings,
  ...(command === undefined ? {} : { command }),
})

/** For people: found, needed and how to get it. */
export function renderDiagnosis({ ok, findings, command }: Diagnosis): string {
  const rows = findings.map(({ state, prerequisite, found, needed, fix }) => [state, prerequisite, found, needed, fix])
  const table = textTable(['', 'prerequisite', 'found', 'needed', 'how to get it'], rows)
  const verdict = ok ? 'this machine can run the lab' : 'this machine cannot run the lab yet'
  return [table, verdict, ...(command === undefined ? [] : [`install what is missing: ${command}`])].join('\n')
}

/** @throws LabError LAB_PREREQUISITE_MISSING naming all that is missing, and how to get it. */
export function requireHealthy({ findings, command }: Diagnosis): void {
  const missing = findings.filter((finding) => finding.state === 'missing')
  if (missing.length === 0) return
  throw new LabError('LAB_PREREQUISITE_MISSING', {
    what: `this machine lacks ${missing.map((finding) => finding.prerequisite).join(', ')}`,
    why: missing
      .map(({ prerequisite, found, needed }) => `${prerequisite}: found ${found}, needed ${needed}`)
      .join('; '),
    fix: [
      ...(command === undefined ? [] : [command]),
      ...missing.filter((finding) => !command || !finding.packages).map((finding) => finding.fix),
    ].join('; '),
  })
}
