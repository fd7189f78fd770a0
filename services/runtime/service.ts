import type { z } from 'zod'
import { createLog, type Logger } from './log.ts'
import { parseJson } from './parse-json.ts'

/** Bound on an orderly stop; past it the process exits and the supervisor sees a non-zero code. */
const stopTimeoutMs = 8_000

export interface ServiceDefinition<C> {
  readonly name: string
  readonly config: z.ZodType<C>
  /** Resolves once the service answers real requests; what it returns is disposed at SIGTERM or SIGINT. */
  readonly start: (config: C, context: { log: Logger; signal: AbortSignal }) => Promise<AsyncDisposable>
}

/**
 * The whole life of a service process: configuration from PINLAB_CONFIG (one JSON document, strictly parsed), start, orderly
 * stop at SIGTERM or SIGINT. Exit codes: 0 after a stop, 1 a failed start or stop, 2 a configuration that is not valid.
 */
export async function runService<C>({ name, config, start }: ServiceDefinition<C>): Promise<void> {
  const log = createLog(name, process.env['PINLAB_LOG_LEVEL'] ?? 'info')
  const parsed = config.safeParse(parseJson(process.env['PINLAB_CONFIG'] ?? ''))
  if (!parsed.success) {
    log.fatal({ issues: parsed.error.issues }, 'PINLAB_CONFIG is not a valid configuration')
    process.exit(2)
  }
  const stopping = new AbortController()
  const stopRequested = new Promise<void>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.on(name, () => {
        stopping.abort()
        resolve()
      })
    }
  })
  try {
    const service = await start(parsed.data, { log, signal: stopping.signal })
    log.info('ready')
    await stopRequested
    setTimeout(() => {
      log.error({ stopTimeoutMs }, 'did not stop in time')
      process.exit(1)
    }, stopTimeoutMs).unref()
    await service[Symbol.asyncDispose]()
    log.info('stopped')
    process.exit(0)
  } catch (error) {
    if (stopping.signal.aborted) process.exit(0)
    log.fatal({ err: error }, 'failed')
    process.exit(1)
  }
}
