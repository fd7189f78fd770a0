import { LabError, type LabErrorCode, type LabErrorText } from '../../../contract/index.ts'
import { assertPortsFree } from '../../ports.ts'
import { ServiceFailed } from '../engine.ts'
import { type LogFile } from './log-file.ts'
import { ToolFailed } from './processes/run-tool.ts'
import { ProcessExited, ProcessNotReady } from './processes/spawn.ts'
import { type ProcessSpec } from './processes/spec.ts'

const shownLines = 20
/** ENOSPC as Node, Java, MariaDB and Python print it. */
const fullDisk = /ENOSPC|No space left on device|Errcode: 28|errno: 28/

/** Why a service did not come up or did not stay up, as an error for the reader. */
export async function failureOf(spec: ProcessSpec, log: LogFile, error: unknown): Promise<ServiceFailed> {
  const lines = [...log.last(shownLines), ...(error instanceof ToolFailed ? error.lines : [])].slice(-shownLines)
  const failed = (code: LabErrorCode, text: LabErrorText): ServiceFailed => new ServiceFailed(code, text, lines)
  if (error instanceof LabError) return failed(error.code, error)
  const why = error instanceof Error ? error.message : String(error)
  const what = `${spec.name} did not come up`
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC' || lines.some((line) => fullDisk.test(line))) {
    return failed('LAB_DISK_FULL', {
      what,
      why: `the disk is full (${why})`,
      fix: 'free some space (df -h), then start again: nothing that was acknowledged is lost',
      cause: error,
    })
  }
  if (error instanceof ProcessNotReady) {
    return failed('LAB_SERVICE_TIMEOUT', { what, why, fix: readMore(spec), cause: error })
  }
  const taken = error instanceof ProcessExited ? await portTakenFrom(spec) : undefined
  if (taken) return failed(taken.code, taken)
  return failed('LAB_SERVICE_FAILED', { what, why, fix: readMore(spec), cause: error })
}

const readMore = ({ name }: ProcessSpec): string =>
  `read on with "npx lab logs ${name} --lines 200", check the machine with "make doctor"`

async function portTakenFrom(spec: ProcessSpec): Promise<LabError | undefined> {
  try {
    await assertPortsFree(spec.ports.map((port) => ({ service: spec.name, port })))
    return undefined
  } catch (error) {
    if (error instanceof LabError) return error
    throw error
  }
}
