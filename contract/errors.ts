/**
 * Every way the lab itself can fail, one line a code. Exit codes: 1 a check failed, 2 wrong usage, 3 the machine is in the
 * way (port, disk, missing tool), 4 a service failed, 5 the lab is not in the state the command needs.
 */
export const catalog = {
  LAB_USAGE: { exitCode: 2, retryable: false },
  LAB_CONFIG_INVALID: { exitCode: 2, retryable: false },
  LAB_INTERRUPTED: { exitCode: 130, retryable: true },
  LAB_PREREQUISITE_MISSING: { exitCode: 3, retryable: false },
  LAB_DOWNLOAD_FAILED: { exitCode: 3, retryable: true },
  LAB_CHECKSUM_MISMATCH: { exitCode: 3, retryable: true },
  LAB_PORT_TAKEN: { exitCode: 3, retryable: false },
  LAB_DISK_FULL: { exitCode: 3, retryable: false },
  LAB_STATE_BROKEN: { exitCode: 3, retryable: false },
  LAB_SERVICE_FAILED: { exitCode: 4, retryable: true },
  LAB_SERVICE_TIMEOUT: { exitCode: 4, retryable: true },
  LAB_NOT_RUNNING: { exitCode: 5, retryable: false },
  LAB_ALREADY_RUNNING: { exitCode: 5, retryable: false },
  LAB_DATA_MISMATCH: { exitCode: 5, retryable: false },
  LAB_IMPORT_INVALID: { exitCode: 2, retryable: false },
  LAB_EMULATION_FAILED: { exitCode: 4, retryable: true },
  LAB_NOT_LANDED: { exitCode: 4, retryable: true },
} as const satisfies Record<`LAB_${string}`, { exitCode: number; retryable: boolean }>

export type LabErrorCode = keyof typeof catalog

export interface LabErrorText {
  /** What happened, with the names of the things involved. */
  readonly what: string
  /** Why it happened, as far as it is known. */
  readonly why: string
  /** What the reader can do now. */
  readonly fix: string
  readonly cause?: unknown
}

export class LabError extends Error {
  readonly code: LabErrorCode
  readonly what: string
  readonly why: string
  readonly fix: string

  constructor(code: LabErrorCode, text: LabErrorText) {
    super(`${text.what}: ${text.why}`, text.cause === undefined ? undefined : { cause: text.cause })
    this.name = 'LabError'
    this.code = code
    this.what = text.what
    this.why = text.why
    this.fix = text.fix
  }

  get exitCode(): number {
    return catalog[this.code].exitCode
  }

  get retryable(): boolean {
    return catalog[this.code].retryable
  }
}
