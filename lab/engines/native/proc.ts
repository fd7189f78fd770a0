import { readdir, readFile } from 'node:fs/promises'
import { type LabHome } from '../../home.ts'

/** Marks every process of a lab in its environment, which the kernel shows to the same user. */
export const homeMark = 'PINLAB_HOME'
export const serviceMark = 'PINLAB_SERVICE'

/** Memory of a process that is in RAM (VmRSS of proc(5)); undefined when it is gone. */
export async function memoryBytesOf(pid: number): Promise<number | undefined> {
  const status = await readProc(`${String(pid)}/status`)
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1_024
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
async function readProc(path: string): Promise<string> {
  try {
    return await readFile(`/proc/${path}`, 'utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return ''
    throw error
  }
}
