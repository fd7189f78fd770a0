import { setTimeout as sleep } from 'node:timers/promises'
import { KafkaJSError, type Kafka } from '../../../clients/kafka.ts'
import { type Logger } from '../../runtime/log.ts'

export interface TopicWatchOptions {
  readonly kafka: Kafka
  readonly isWanted: (topic: string) => boolean
  readonly intervalMs: number
  readonly log: Logger
  readonly signal: AbortSignal
  /** Called with the wanted topics at first, and whenever one comes, goes or grows partitions. */
  readonly onChange: (topics: readonly string[]) => void
}

/** Looks for topics as long as the signal allows; brokers that do not answer are waited for. */
export async function watchTopics({
  kafka,
  isWanted,
  intervalMs,
  log,
  signal,
  onChange,
}: TopicWatchOptions): Promise<void> {
  const admin = kafka.admin()
  let isConnected = false
  let isSilent = false
  let known: string | undefined
  try {
    while (!signal.aborted) {
      try {
        if (!isConnected) await admin.connect()
        isConnected = true
        const { topics } = await admin.fetchTopicMetadata()
        const wanted = topics.filter(({ name }) => isWanted(name)).sort((a, b) => (a.name < b.name ? -1 : 1))
        const found = wanted.map(({ name, partitions }) => `${name} ${String(partitions.length)}`).join()
        if (found !== known) onChange(wanted.map(({ name }) => name))
        known = found
        isSilent = false
      } catch (error) {
        if (!(error instanceof KafkaJSError)) throw error
        if (!isSilent) log.warn({ reason: error.message }, 'the brokers do not tell their topics, trying again')
        isSilent = true
      }
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    await admin.disconnect()
  }
}
