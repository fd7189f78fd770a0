/** One server as the operating system sees it. The supervisor, and tests that need a single real server, run it by `spawn.ts`. */
export interface ProcessSpec {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Working folder; the one of the process that starts it when undefined. */
  readonly cwd?: string
  /** TCP ports on 127.0.0.1 that the process listens on; the first is the one that clients use. */
  readonly ports: readonly [number, ...number[]]
  /** Makes what the process needs on disk. Idempotent; what an interrupted attempt left is detected and made anew. */
  readonly prepare: (signal: AbortSignal) => Promise<void>
  /** The answer that makes it ready, in words. */
  readonly readiness: string
  /** One real request; rejects as long as the server does not answer it rightly. */
  readonly probe: (signal: AbortSignal) => Promise<void>
  /** Bound on the time from spawn to the first good probe. */
  readonly readyTimeoutMs: number
  /** Bound on an orderly stop by SIGTERM; past it the process gets SIGKILL. */
  readonly stopTimeoutMs: number
  /** Called when a process of this spec is gone, before the next is started. */
  readonly afterExit?: (outcome: ProcessOutcome) => Promise<void>
}

export interface ProcessOutcome {
  readonly wasReady: boolean
  /** It was asked to stop and did so in time. */
  readonly orderly: boolean
}
