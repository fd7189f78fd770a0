import { request } from 'undici'
import { vi } from 'vitest'
import { type Admin, kafkaClient } from '../../../clients/kafka.ts'
import { Config } from '../../../services/rest-proxy/config.ts'
import { startRestProxy } from '../../../services/rest-proxy/server.ts'
import { createLog } from '../../../services/runtime/log.ts'

export const json = 'application/vnd.kafka.json.v2+json'
export const binary = 'application/vnd.kafka.binary.v2+json'
export const v2 = 'application/vnd.kafka.v2+json'

export const proxyOn = (
  brokers: readonly string[],
  settings: Partial<Config> = {},
): ReturnType<typeof startRestProxy> =>
  startRestProxy(Config.parse({ port: 0, brokers: [...brokers], ...settings }), {
    log: createLog('rest-proxy', 'silent'),
    signal: new AbortController().signal,
  })

export async function withAdmin<T>(brokers: readonly string[], use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafkaClient({ brokers, clientId: 'test' }).admin()
  await admin.connect()
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}

export const makeTopics = (
  brokers: readonly string[],
  topics: readonly string[],
  configs: Record<string, string> = {},
): Promise<void> =>
  withAdmin(brokers, async (admin) => {
    await admin.createTopics({
      // The client takes a topic that is not known everywhere yet for a failure.
      waitForLeaders: false,
      topics: topics.map((topic) => ({
        topic,
        numPartitions: 3,
        configEntries: Object.entries(configs).map(([name, value]) => ({ name, value })),
      })),
    })
    await vi.waitFor(() => admin.fetchTopicMetadata({ topics: [...topics] }), { timeout: 5_000, interval: 20 })
  })

export interface Reply<T> {
  readonly status: number
  readonly type: unknown
  readonly body: T
}

export async function call<T = unknown>(
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  options: { body?: unknown; type?: string; accept?: string } = {},
): Promise<Reply<T>> {
  const { body, type = v2, accept } = options
  const answer = await request(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': type }), ...(accept === undefined ? {} : { accept }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.body.text()
  return {
    status: answer.statusCode,
    type: answer.headers['content-type'],
    body: (text === '' ? undefined : JSON.parse(text)) as T,
  }
}

export interface ProduceAnswer {
  readonly offsets: readonly {
    readonly partition: number | null
    readonly offset: number | null
    readonly error_code: number | null
    readonly error: string | null
  }[]
}

export const produce = (
  url: string,
  topic: string,
  records: readonly unknown[],
  type = json,
): Promise<Reply<ProduceAnswer>> => call<ProduceAnswer>('POST', `${url}/topics/${topic}`, { body: { records }, type })

/** What stands in the topic's log, by `partition:offset`: all records below the end offsets of this moment. */
export async function readLog(brokers: readonly string[], topic: string): Promise<Map<string, string | null>> {
  const ends = await withAdmin(brokers, (admin) => admin.fetchTopicOffsets(topic))
  const missing = new Map(
    ends.filter(({ high, low }) => high !== low).map(({ partition, high }) => [partition, BigInt(high)]),
  )
  const log = new Map<string, string | null>()
  if (missing.size === 0) return log
  const consumer = kafkaClient({ brokers, clientId: 'test' }).consumer({
    groupId: `log-${String(Math.random())}`,
    maxWaitTimeInMs: 100,
  })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const { promise: all, resolve } = Promise.withResolvers<unknown>()
  await consumer.run({
    autoCommit: false,
    eachMessage: ({ partition, message }) => {
      log.set(`${String(partition)}:${message.offset}`, message.value === null ? null : String(message.value))
      if (BigInt(message.offset) + 1n >= (missing.get(partition) ?? 0n)) missing.delete(partition)
      if (missing.size === 0) resolve(undefined)
      return Promise.resolve()
    },
  })
  await all
  await consumer.disconnect()
  return log
}
