import { Refused } from '../http/refused.ts'
import { type Topics } from '../topics.ts'
import { type Cluster } from './cluster.ts'
import { type TopicPartition } from './group-consumer.ts'

export type PartitionOffset = TopicPartition & { offset: bigint }

/** Offsets that the broker knows: a group's, a partition's ends, those at a time. */
export class ConsumerOffsets {
  readonly #cluster: Cluster
  readonly #topics: Topics

  constructor(cluster: Cluster, topics: Topics) {
    this.#cluster = cluster
    this.#topics = topics
  }

  /** In the order asked; a partition of which nothing is committed is left out. */
  async committed(groupId: string, partitions: readonly TopicPartition[]): Promise<object[]> {
    const topics = [...new Set(partitions.map(({ topic }) => topic))]
    const answered = await this.#cluster.ask((admin) => admin.fetchOffsets({ groupId, topics }))
    return partitions.flatMap(({ topic, partition }) => {
      const found = answered
        .find((one) => one.topic === topic)
        ?.partitions.find((one) => one.partition === partition && Number(one.offset) >= 0)
      return found === undefined
        ? []
        : [{ topic, partition, offset: Number(found.offset), metadata: found.metadata ?? '' }]
    })
  }

  async edges(partitions: readonly TopicPartition[], edge: 'beginning' | 'end'): Promise<PartitionOffset[]> {
    return Promise.all(
      partitions.map(async ({ topic, partition }) => {
        await this.#topics.askPartitions(topic)
        const offsets = (await this.#cluster.offsets(topic)).get(partition)
        if (offsets === undefined) throw new Refused('partitionNotFound')
        return { topic, partition, offset: offsets[edge] }
      }),
    )
  }

  /** First offset at or after each time; a time after the last record is the end. */
  async atTimes(partitions: readonly (TopicPartition & { timestamp: string | number })[]): Promise<PartitionOffset[]> {
    return Promise.all(
      partitions.map(async ({ topic, partition, timestamp }) => {
        await this.#topics.askPartitions(topic)
        const timestampMs = new Date(timestamp).getTime()
        const offsets = await this.#cluster.ask((admin) => admin.fetchTopicOffsetsByTimestamp(topic, timestampMs))
        const found = offsets.find((one) => one.partition === partition)
        if (found === undefined) throw new Refused('partitionNotFound')
        return { topic, partition, offset: BigInt(found.offset) }
      }),
    )
  }
}
