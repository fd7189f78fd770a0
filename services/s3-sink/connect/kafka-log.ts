import { type Logger } from '../../runtime/log.ts'

interface ClientLogEntry {
  readonly level: number
  readonly log: { readonly message: string }
}

/** Level of an error in the Kafka client's own scale. */
const clientError = 1

/** The client calls an error what it then repairs by itself (a rebalance, a broker that comes back): one level lower here. */
export const kafkaLog = (log: Logger) => () => (entry: ClientLogEntry) => {
  const detail = { client: entry.log.message }
  if (entry.level <= clientError) log.warn(detail, 'kafka client')
  else log.debug(detail, 'kafka client')
}
