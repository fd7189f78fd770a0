import { access, statfs } from 'node:fs/promises'
import { availableParallelism, networkInterfaces, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { runChild } from '../install/child.ts'
import { isAbsent, locate } from '../install/locate.ts'
import { findPython } from '../install/python.ts'
import { toolPaths } from '../install/tools.ts'
import { type Finding, type Probe, type ProbeContext } from './finding.ts'

const host = '127.0.0.1'
export const loopbackName = 'loopback'

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`

/** Programs are built for these; Alpine's musl runs none of them. */
export const system: Probe = async ({ arch }) => {
  const isMusl = await exists('/etc/alpine-release')
  const row = {
    prerequisite: 'system',
    found: `${process.platform} ${arch}${isMusl ? ' with musl' : ''}, ${String(availableParallelism())} cores`,
    needed: 'Linux with glibc on x64 or arm64',
  }
  if (process.platform === 'linux' && ['x64', 'arm64'].includes(arch) && !isMusl) return { ...row, state: 'ok' }
  return {
    ...row,
    state: 'missing',
    fix: 'use Debian 12 or Ubuntu 22.04 or newer: a virtual machine, a container, or WSL 2',
  }
}

/** Everything of the lab talks over 127.0.0.1; in a fresh network namespace (unshare -n) the interface is down. */
export const loopback: Probe = () => {
  const isUp = Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === host),
  )
  const row = { prerequisite: loopbackName, found: isUp ? 'up' : 'down', needed: `up, with ${host}` }
  return Promise.resolve(
    isUp ? { ...row, state: 'ok' } : { ...row, state: 'missing', fix: 'ip link set lo up, as root' },
  )
}

// SIOCSIFFLAGS 0x8914, IFF_UP 0x1, IFF_RUNNING 0x40: netdevice(7). Python is needed anyway, iproute2 is not.
const loopbackUp = `import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh', b'lo', 0x41))`

/** Best effort, as root: the next look tells whether it helped. */
export async function bringLoopbackUp(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const python = await findPython(env, signal)
  if (python) await runChild(python.path, ['-c', loopbackUp], { env, signal })
}

// 3.5 GB: 1.2 installed, 0.8 of downloads (the peak while Spark is unpacked: 2.0 together), the rest for Java's archived classes and
// a lab's data; 0.5 GB: data and logs of one lab
const diskBytes = { toInstall: 3.5e9, installed: 0.5e9 }

/** Free space where the tools and the lab's own data go. */
export const disk =
  (home: string): Probe =>
  async ({ tools, toInstall }) => {
    const neededBytes = toInstall.length > 0 ? diskBytes.toInstall : diskBytes.installed
    const free = await Promise.all([freeBytes(tools), freeBytes(home)])
    const leastBytes = Math.min(...free)
    const row = { prerequisite: 'disk', found: `${gigabytes(leastBytes)} free`, needed: gigabytes(neededBytes) }
    if (leastBytes >= neededBytes) return { ...row, state: 'ok' }
    return {
      ...row,
      state: 'missing',
      fix: `free space on the disk of ${free[0] === leastBytes ? tools : home}, or set LAB_HOME to another`,
    }
  }

async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  } catch (error) {
    if (!isAbsent(error) || path === dirname(path)) throw error
    return freeBytes(dirname(path)) // not made yet
  }
}

// the idle batch path takes at most 1.2 GiB, the stream path 1.5 GiB; queries over a million posts 0.8 GiB more
const memoryBytes = { least: 2.7e9, comfortable: 4e9 }

/** Within the limit of a container, where there is one. */
export const memory: Probe = () => {
  const totalBytes = Math.min(totalmem(), process.constrainedMemory() || Infinity)
  const availableBytes = Math.min(process.availableMemory(), totalBytes)
  const row = {
    prerequisite: 'memory',
    found: `${gigabytes(availableBytes)} free of ${gigabytes(totalBytes)}`,
    needed: `${gigabytes(memoryBytes.least)}, better ${gigabytes(memoryBytes.comfortable)}`,
  }
  if (totalBytes < memoryBytes.least)
    return Promise.resolve({ ...row, state: 'missing', fix: 'use a machine with 4 GB' })
  if (availableBytes < memoryBytes.least)
    return Promise.resolve({ ...row, state: 'warning', fix: 'close other programs' })
  return Promise.resolve({ ...row, state: 'ok' })
}

/** What MariaDB's server of the jar is linked with, and the Debian package of each. */
const libraries = [
  ['libcrypt.so.1', 'libcrypt1'],
  ['libsystemd.so.0', 'libsystemd0'],
  ['libstdc++.so.6', 'libstdc++6'],
] as const

/** Asks the installed server's loader (ldd), or before the installation the loader's cache. */
export const mariadbLibraries: Probe = async (context) => {
  if (context.arch !== 'x64') return systemServer(context)
  const missing = await missingLibraries(context)
  const row: Omit<Finding, 'state'> = {
    prerequisite: "MariaDB's libraries",
    found: missing.length === 0 ? 'all' : `no ${missing.join(', no ')}`,
    needed: libraries.map(([library]) => library).join(', '),
  }
  if (missing.length === 0) return { ...row, state: 'ok' }
  const packages = libraries.filter(([library]) => missing.includes(library)).map(([, name]) => [name])
  return {
    ...row,
    state: 'missing',
    fix: `install what brings ${missing.join(', ')}`,
    ...(packages.length > 0 ? { packages } : {}),
  }
}

async function missingLibraries({ tools, env, signal }: ProbeContext): Promise<readonly string[]> {
  const server = join(toolPaths(tools).mariadb, 'bin', 'mariadbd')
  if (await exists(server)) {
    const { output } = await runChild('ldd', [server], { env, signal })
    return [...output.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? '')
  }
  const ldconfig = await locate('ldconfig', env)
  if (ldconfig === undefined) return []
  const { output } = await runChild(ldconfig, ['-p'], { env, signal })
  return libraries.map(([library]) => library).filter((library) => !output.includes(library))
}

/** The jar's MariaDB is for x64: elsewhere the distribution's is used. */
async function systemServer({ env }: ProbeContext): Promise<Finding> {
  const found = await locate('mariadbd', env)
  const row = {
    prerequisite: 'MariaDB',
    found: found ?? 'none',
    needed: "mariadbd 10.5 or newer: the lab's own is for x64 only",
  }
  if (found !== undefined) return { ...row, state: 'ok' }
  const packages = [
    ['mariadb-server-core', 'mariadb-server-core-10.6'],
    ['mariadb-client-core', 'mariadb-client-core-10.6'],
  ]
  return { ...row, state: 'missing', fix: "install MariaDB's server", packages }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
}
