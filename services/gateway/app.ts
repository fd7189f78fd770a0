import type { Logger } from '../runtime/log.ts'
import type { Config } from './config.ts'

export interface Gateway extends AsyncDisposable {
  /** Where the stage is served, `http://<host>:<port>/<stage>`. */
  readonly invokeUrl: string
}

export function startGateway(_config: Config, _context: { log: Logger; signal: AbortSignal }): Promise<Gateway> {
  return Promise.reject(new Error('the gateway is not built yet'))
}
