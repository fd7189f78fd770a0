import { type RunningLab } from '../context.ts'

/** A mistake that pipelines are found with, ready to be made and mended on the running lab. */
export interface Pitfall {
  /** What `lab pitfall run` takes. */
  readonly name: string
  /** In a line, for the list. */
  readonly title: string
  /** Makes the mistake, then does it right, on streams and tables of its own; leaves nothing behind. */
  readonly run: (site: PitfallSite) => Promise<Demonstration>
}

export interface PitfallSite {
  readonly lab: RunningLab
  readonly signal: AbortSignal
  /** Progress, a line at a time. */
  readonly say: (text: string) => void
}

export interface Demonstration {
  readonly wrong: Finding
  readonly cause: string
  readonly mended: Finding
  /** Whether wrong came out wrong and mended came out right; false would mean that the page is out of date. */
  readonly holds: boolean
}

/** What was done and what came of it, as a table. */
export interface Finding {
  readonly did: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}
