import { readFile, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runChild } from '../install/child.ts'
import { isAbsent, locate } from '../install/locate.ts'
import { findPython } from '../install/python.ts'
import { type Finding, type Probe, type ProbeContext } from './finding.ts'

const leastNode = 24
const leastJava = 17
/** The newest that Spark 4.2 is tested with; Kafka and Spark's Hadoop run on newer ones as far as these keep what they use. */
const newestTestedJava = 25

/** The lab's start script has seen to Node before any of this runs: the row tells which one it took. */
export const node: Probe = async ({ tools }) => {
  const { node: version } = process.versions
  const isOwn = process.execPath.startsWith(join(await realpathOf(tools), 'node'))
  const row = {
    prerequisite: 'Node',
    found: `${version}${isOwn ? " (the lab's own)" : ''}`,
    needed: `${String(leastNode)} or newer`,
  }
  if (Number(version.split('.')[0]) >= leastNode) return { ...row, state: 'ok' }
  return { ...row, state: 'missing', fix: 'start the lab by lab/bin/lab, npx lab or make: they bring Node 24 along' }
}

async function realpathOf(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (isAbsent(error)) return path
    throw error
  }
}

/** npm has done its work once this runs; the next change of package-lock.json needs it again. */
export const npm: Probe = async ({ env }) => {
  const path = await locate('npm', env)
  const row = { prerequisite: 'npm', found: path ?? 'none', needed: 'any, to install or update the lab' }
  return path === undefined
    ? { ...row, state: 'warning', fix: 'apt-get install -y npm', packages: [['npm']] }
    : { ...row, state: 'ok' }
}

// in this order: the oldest that will do is in the most releases of Debian and Ubuntu
const javaPackages = ['openjdk-17-jre-headless', 'openjdk-21-jre-headless', 'default-jre-headless']

export const java: Probe = async (context) => {
  const version = await javaVersion(context)
  const row = {
    prerequisite: 'Java',
    found: version ?? 'none',
    needed: `${String(leastJava)} to ${String(newestTestedJava)}`,
  }
  const major = version === undefined ? 0 : javaMajor(version)
  if (major > newestTestedJava) {
    return { ...row, state: 'warning', fix: 'if Spark does not start, put an older Java first on the PATH' }
  }
  if (major >= leastJava) return { ...row, state: 'ok' }
  return {
    ...row,
    state: 'missing',
    fix: 'install a Java runtime, 17 or newer, and put its bin folder first on the PATH',
    packages: [javaPackages],
  }
}

/** `1.8.0_392` is Java 8. */
export const javaMajor = (version: string): number => Number(/^(?:1\.)?(\d+)/.exec(version)?.[1] ?? 0)

/** By the installation's own release file, which spares starting a JVM; by asking it where there is none. */
async function javaVersion({ env, signal }: ProbeContext): Promise<string | undefined> {
  const path = await locate('java', env)
  if (path === undefined) return undefined
  const release = join(dirname(await realpath(path)), '..', 'release')
  try {
    const version = /^JAVA_VERSION="([^"]+)"/m.exec(await readFile(release, 'utf8'))?.[1]
    if (version !== undefined) return version
  } catch (error) {
    if (!isAbsent(error)) throw error
  }
  const { output } = await runChild(path, ['-version'], { env, signal })
  return /version "([^"]+)"/.exec(output)?.[1]
}

/** Maven only downloads: it is not asked for its version, which would start a JVM. */
export const maven: Probe = async ({ env, toInstall }) => {
  const path = await locate('mvn', env)
  const toDownload = toInstall.filter(({ source }) => source === 'maven').map(({ name }) => name)
  const isNeeded = toDownload.length > 0
  const row = {
    prerequisite: 'Maven',
    found: path ?? 'none',
    needed: isNeeded ? `to download ${toDownload.join(', ')}` : 'no longer: all is downloaded',
  }
  if (path !== undefined || !isNeeded) return { ...row, state: 'ok' }
  return { ...row, state: 'missing', fix: 'unpack Maven 3 and put its bin folder on the PATH', packages: [['maven']] }
}

export const python: Probe = async ({ env, signal, toInstall }) => {
  const found = await findPython(env, signal)
  const row = {
    prerequisite: 'Python',
    found: found ? `${found.version}${found.hasVenv ? '' : ' without venv'}` : 'none',
    needed: '3.10 or newer with venv',
  }
  if (found?.isNewEnough && found.hasVenv) return { ...row, state: 'ok' }
  // the installed environment holds on to its own Python and would be missing if that had gone
  if (toInstall.length === 0) return { ...row, state: 'warning', fix: 'needed again for the next download' }
  const packages = [['python3'], [found?.isNewEnough === true ? venvPackage(found) : 'python3-venv'], ['python3-venv']]
  return { ...row, state: 'missing', fix: 'install Python 3.10 or newer with its venv and ensurepip modules', packages }
}

/** Debian cuts venv off each of its Pythons, python3.12-venv for python3.12. */
const venvPackage = ({ version }: { readonly version: string }): string =>
  `python${version.split('.').slice(0, 2).join('.')}-venv`

/** setpriv ties a child's life to its parent's, flock keeps two set-ups apart. */
export const utilLinux: Probe = async ({ env }) => {
  const missing: string[] = []
  for (const program of ['setpriv', 'flock']) if ((await locate(program, env)) === undefined) missing.push(program)
  const row: Omit<Finding, 'state'> = {
    prerequisite: 'util-linux',
    found: missing.length === 0 ? 'setpriv, flock' : `no ${missing.join(', no ')}`,
    needed: 'setpriv and flock',
  }
  if (missing.length === 0) return { ...row, state: 'ok' }
  return { ...row, state: 'missing', fix: 'install the package util-linux', packages: [['util-linux']] }
}
