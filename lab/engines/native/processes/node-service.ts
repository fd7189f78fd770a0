import { join } from 'node:path'
import { projectRoot } from '../../../home.ts'
import { type ProcessSpec } from './spec.ts'

export interface NodeServiceOptions {
  readonly name: string
  readonly port: number
  /** The service's own configuration, as its config.ts describes it. */
  readonly config: Readonly<Record<string, unknown>>
  /** Answers 200 once the service and all behind it work. */
  readonly readinessUrl: string
  /** Node's compile cache: a start that compiled once is shorter. */
  readonly compileCache: string
  readonly maxOldSpaceMiB: number
  /** For a service that makes much garbage of long life: a small one keeps its memory small. */
  readonly maxSemiSpaceMiB?: number
  readonly prepare?: () => Promise<void>
}

/** A service of this repository: `services/<name>/main.ts` in a Node process of its own. */
export function nodeServiceProcess(options: NodeServiceOptions): ProcessSpec {
  const { name, port, config, readinessUrl, compileCache, maxOldSpaceMiB, maxSemiSpaceMiB } = options
  return {
    name,
    command: process.execPath,
    args: [
      `--max-old-space-size=${String(maxOldSpaceMiB)}`,
      ...(maxSemiSpaceMiB === undefined ? [] : [`--max-semi-space-size=${String(maxSemiSpaceMiB)}`]),
      '--disable-warning=TimeoutNegativeWarning', // kafkajs sets such a timeout whenever it is not throttled
      join(projectRoot, 'services', name, 'main.ts'),
    ],
    env: { PINLAB_CONFIG: JSON.stringify(config), NODE_COMPILE_CACHE: compileCache },
    ports: [port],
    prepare: async () => options.prepare?.(),
    readiness: `GET ${new URL(readinessUrl).pathname}`,
    probe: async (signal) => {
      const response = await fetch(readinessUrl, { signal })
      const body = await response.text()
      if (response.status !== 200)
        throw new Error(`${readinessUrl} answered ${String(response.status)}: ${body.slice(0, 200)}`)
    },
    readyTimeoutMs: 30_000,
    stopTimeoutMs: 10_000, // the service's own bound is 8 s
  }
}
