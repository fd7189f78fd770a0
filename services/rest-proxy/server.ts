import { type Config } from './config.ts'
import { type Logger } from '../runtime/log.ts'

export interface RestProxy extends AsyncDisposable {
  readonly url: string
}

/** Listens at once and resolves when the broker has answered; until then every request is answered 503. */
export function startRestProxy(_config: Config, _context: { log: Logger; signal: AbortSignal }): Promise<RestProxy> {
  throw new Error('not wired yet')
}
