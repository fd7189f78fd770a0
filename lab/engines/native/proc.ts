import { readdir, readFile } from 'node:fs/promises'
import { type LabHome } from '../../home.ts'

/** Marks every process of a lab in its environment, which the kernel shows to the same user. */
export const homeMark = 'PINLAB_HOME'
export const serviceMark = 'PINLAB_SERVICE'

/** Memory of a process and all below it that is in RAM (VmRSS of proc(5)); undefined when it is gone. */
export async function memoryBytesOf(pid: number): Promise<number | undefined> {
  const status = await readProc(`${String(pid)}/status`)
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  if (kibibytes === undefined) return undefined
  const below = await Promise.all((await childrenOf(pid)).map(memoryBytesOf))
  return below.reduce<number>((sum, bytes) => sum + (bytes ?? 0), Number(kibibytes) * 1_024)
}

/** Each thread of a process has children of its own (proc(5), task/<tid>/children). */
async function childrenOf(pid: number): Promise<number[]> {
  const folder = `${String(pid)}/task`
  const lists = (await listProc(folder)).map(async (thread) => readProc(`${folder}/${thread}/children`))
  return (await Promise.all(lists)).flatMap((list) => list.split(' ').filter(Boolean).map(Number))
}

export interface LabProcess {
  readonly pid: number
  readonly service: string
}

/** Processes of this lab that are alive, whoever their parent is now; found by their environment. */
export async function processesOf(home: LabHome): Promise<LabProcess[]> {
  const found: LabProcess[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const environment = (await readProc(`${name}/environ`)).split('\0')
    if (!environment.includes(`${homeMark}=${home.root}`)) continue
    const service = environment.find((entry) => entry.startsWith(`${serviceMark}=`))
    if (service !== undefined) found.push({ pid: Number(name), service: service.slice(serviceMark.length + 1) })
  }
  return found
}

/** Empty for a process that is gone or another user's. */
const readProc = async (path: string): Promise<string> => orElse(readFile(`/proc/${path}`, 'utf8'), '')
const listProc = async (path: string): Promise<string[]> => orElse(readdir(`/proc/${path}`), [])

async function orElse<T>(read: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await read
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return otherwise
    throw error
  }
}
