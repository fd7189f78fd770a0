import { type Tool } from '../install/tool.ts'

/** One prerequisite as it stands on this machine. */
export interface Finding {
  readonly prerequisite: string
  /** `warning`: the lab runs, but something to know of. */
  readonly state: 'ok' | 'warning' | 'missing'
  readonly found: string
  readonly needed: string
  /** How to get it, for a person; absent where nothing is to be done. */
  readonly fix?: string
  /** Debian packages that bring it: of each row the first that the distribution has. */
  readonly packages?: readonly (readonly string[])[]
}

export interface ProbeContext {
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly arch: string
  /** Folder of the installed tools. */
  readonly tools: string
  /** The tools still to be installed. */
  readonly toInstall: readonly Pick<Tool, 'name' | 'source'>[]
}

export type Probe = (context: ProbeContext) => Promise<Finding>
