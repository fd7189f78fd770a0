import { kafkaClient, type Consumer } from '../../../../clients/kafka.ts'

/** Topic of the readiness probe; internal by its name, as MSK's own `__amazon_msk_canary` is. */
export const canaryTopic = '__pinlab_canary'

/**
 * Produces one record with acks=all and fetches it back through a consumer group, so that a broker that passes takes and gives
 * records and coordinates groups.
 */
export async function canaryRoundTrip(brokers: readonly string[], signal: AbortSignal): Promise<void> {
  const kafka = kafkaClient({
    brokers,
    clientId: 'pinlab-canary',
    overrides: {
      connectionTimeout: 1_000,
      requestTimeout: 4_000,
      retry: { initialRetryTime: 50, maxRetryTime: 200, retries: 8 },
    },
  })
  const admin = kafka.admin()
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  const consumer = kafka.consumer({
    groupId: 'pinlab-canary',
    sessionTimeout: 5_000,
    heartbeatInterval: 1_000,
    maxWaitTimeInMs: 50, // leaving waits for the fetch under way
    allowAutoTopicCreation: false,
  })
  try {
    await admin.connect()
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic: canaryTopic, numPartitions: 1, configEntries: [{ name: 'retention.ms', value: '3600000' }] }],
    })
    await producer.connect()
    const [written] = await producer.send({ topic: canaryTopic, acks: -1, messages: [{ value: 'canary' }] })
    await fetchOne(consumer, written?.baseOffset ?? '0', signal)
  } finally {
    await Promise.allSettled([admin.disconnect(), producer.disconnect(), consumer.disconnect()])
  }
}

async function fetchOne(consumer: Consumer, offset: string, signal: AbortSignal): Promise<void> {
  await consumer.connect()
  await consumer.subscribe({ topic: canaryTopic })
  const fetched = Promise.withResolvers<undefined>()
  fetched.promise.catch(() => undefined) // a crash while run() is still joining rejects both
  const giveUp = (): void => {
    fetched.reject(signal.reason as Error)
  }
  signal.addEventListener('abort', giveUp, { once: true })
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    fetched.reject(payload.error)
  })
  try {
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ message }) => {
        if (BigInt(message.offset) >= BigInt(offset)) fetched.resolve(undefined)
        return Promise.resolve()
      },
    })
    consumer.seek({ topic: canaryTopic, partition: 0, offset })
    await fetched.promise
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
