import { LabError } from '../../contract/index.ts'

/** Server errors of a full disk: ER_DISK_FULL, ER_RECORD_FILE_FULL, ER_ERROR_ON_WRITE (MySQL error reference). */
const diskFullErrors = new Set([1021, 1114, 1026])

/** What a failed load means to the user. What is no failure of MySQL, of the disk or of the user's patience is passed on. */
export function explainFailure(error: unknown): unknown {
  if (error instanceof LabError || !(error instanceof Error)) return error
  if (error.name === 'AbortError')
    return new LabError('LAB_INTERRUPTED', {
      what: 'loading the source tables was stopped',
      why: 'you interrupted it',
      fix: 'run the command again; the tables are as they were',
      cause: error,
    })
  const { errno, code } = error as { errno?: number; code?: string }
  if (errno !== undefined && diskFullErrors.has(errno))
    return new LabError('LAB_DISK_FULL', {
      what: 'MySQL cannot write the source tables',
      why: error.message,
      fix: 'free some space, or choose a smaller size: a million posts need about 1 GB',
      cause: error,
    })
  if (code === undefined) return error
  return new LabError('LAB_SERVICE_FAILED', {
    what: 'MySQL did not take the source tables',
    why: error.message,
    fix: 'see the MySQL log ("lab logs mysql"), then try again; the tables are as they were',
    cause: error,
  })
}
