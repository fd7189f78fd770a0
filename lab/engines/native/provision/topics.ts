import { kafkaClient } from '../../../../clients/kafka.ts'
import { topicNames, type Profile } from '../../../../contract/index.ts'

/** The pipeline's three topics. A topic with fewer partitions than the profile asks for gets more; it never gets fewer. */
export async function ensureTopics(profile: Profile, signal: AbortSignal): Promise<void> {
  const { brokers, partitions } = profile.kafka
  const topics = topicNames(profile.userId)
  const admin = kafkaClient({ brokers, clientId: 'pinlab-provision' }).admin()
  await admin.connect()
  try {
    await admin.createTopics({
      waitForLeaders: true,
      topics: topics.map((topic) => ({ topic, numPartitions: partitions, replicationFactor: 1 })),
    })
    signal.throwIfAborted()
    const found = await admin.fetchTopicMetadata({ topics })
    const growing = found.topics.filter((topic) => topic.partitions.length < partitions)
    if (growing.length > 0) {
      await admin.createPartitions({ topicPartitions: growing.map(({ name }) => ({ topic: name, count: partitions })) })
    }
  } finally {
    await admin.disconnect()
  }
}
