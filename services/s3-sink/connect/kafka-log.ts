import { type Logger } from '../../runtime/log.ts'

interface ClientLogEntry {
  readonly log: { readonly message: string }
}

/** The client calls an error what it then repairs by itself (a rebalance, a broker that comes back): for debugging only. */
export const kafkaLog = (log: Logger) => () => (entry: ClientLogEntry) => {
  log.debug({ client: entry.log.message }, 'kafka client')
}
