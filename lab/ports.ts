import { readdir, readFile, readlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { LabError } from '../contract/index.ts'

export interface PortHolder {
  readonly pid: number
  /** Its command line, shortened. */
  readonly command: string
}

/** What holds a taken port; undefined for a free one, `unknown` where the holder belongs to another user. */
export async function portHolder(port: number): Promise<PortHolder | 'unknown' | undefined> {
  if (await canListen(port)) return undefined
  const inodes = await socketsOn(port)
  for (const pid of await processIds()) {
    if (await holdsOneOf(pid, inodes)) return { pid, command: await commandOf(pid) }
  }
  return 'unknown'
}

export interface NeededPort {
  readonly service: string
  readonly port: number
}

/** @throws LabError LAB_PORT_TAKEN naming the first taken port and what holds it */
export async function assertPortsFree(needed: readonly NeededPort[]): Promise<void> {
  for (const { service, port } of needed) {
    const holder = await portHolder(port)
    if (holder === undefined) continue
    const who = holder === 'unknown' ? "another user's process" : `process ${String(holder.pid)} (${holder.command})`
    const stop = holder === 'unknown' ? 'stop that process' : `stop it (kill ${String(holder.pid)})`
    throw new LabError('LAB_PORT_TAKEN', {
      what: `${service} cannot listen on 127.0.0.1:${String(port)}`,
      why: `${who} holds the port`,
      fix: `${stop}, or move the whole lab: PORT_OFFSET=100 make up`,
    })
  }
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false)
      else reject(error)
    })
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => {
        resolve(true)
      })
    })
  })
}

/** Inodes of the TCP sockets bound to the port: column 2 is `address:port` in hexadecimal, column 10 the inode (proc(5)). */
async function socketsOn(port: number): Promise<Set<string>> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const inodes = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (await readIfThere(table)).split('\n')) {
      const fields = line.trim().split(/\s+/)
      const inode = fields[9]
      if (fields[1]?.endsWith(suffix) && inode !== undefined && inode !== '0') inodes.add(inode)
    }
  }
  return inodes
}

async function processIds(): Promise<number[]> {
  return (await listIfThere('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
}

async function holdsOneOf(pid: number, inodes: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${String(pid)}/fd`
  for (const descriptor of await listIfThere(folder)) {
    const inode = /^socket:\[(\d+)\]$/.exec(await linkIfThere(`${folder}/${descriptor}`))?.[1]
    if (inode !== undefined && inodes.has(inode)) return true
  }
  return false
}

const maxCommandLength = 100

async function commandOf(pid: number): Promise<string> {
  const line = (await readIfThere(`/proc/${String(pid)}/cmdline`)).replaceAll('\0', ' ').trim()
  return line.length > maxCommandLength ? `${line.slice(0, maxCommandLength)}…` : line
}

/** A process may be gone by the time it is looked at, or be another user's. */
async function ifReadable<T>(read: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await read
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'ENOTDIR'].includes(code)) return otherwise
    throw error
  }
}
const readIfThere = async (path: string): Promise<string> => ifReadable(readFile(path, 'utf8'), '')
const listIfThere = async (path: string): Promise<string[]> => ifReadable(readdir(path), [])
const linkIfThere = async (path: string): Promise<string> => ifReadable(readlink(path), '')
