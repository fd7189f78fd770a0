/** What an installation may use. */
export interface InstallContext {
  /** An empty folder that becomes the tool's folder when the installation succeeds. */
  readonly draft: string
  /** Where the draft will stand. */
  readonly folder: string
  /** Downloads that outlive the draft. */
  readonly cache: string
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly onProgress: (text: string) => void
}

/** A program of set-up. */
export interface Tool {
  readonly name: string
  /** Name of its folder below the tools folder. */
  readonly folder: string
  /** What downloads it: the distribution's own package is there already. */
  readonly source: 'maven' | 'pip' | 'system'
  /** Digest of its pins: another one means another version. */
  readonly pin: string
  readonly downloadBytes: number
  /** Files whose absence or changed size shows at a glance that somebody tampered with the folder; paths below it. */
  readonly landmarks: readonly { readonly path: string; readonly bytes?: number }[]
  /**
   * What else the installation depends on, as a text to compare: a virtual environment breaks when it is moved or when its
   * Python goes.
   */
  readonly boundTo: (folder: string) => Promise<string>
  /** @throws LabError LAB_DOWNLOAD_FAILED or LAB_CHECKSUM_MISMATCH; what was downloaded stays in the cache for the next time. */
  readonly install: (context: InstallContext) => Promise<void>
}

export const boundToNothing = (): Promise<string> => Promise.resolve('')
