import { Partitioners } from '../../../clients/kafka.ts'

const javaPartitioner = Partitioners.DefaultPartitioner()

/** Partition of a keyed record: murmur2 as Java's producer has it, so that both put a key in the same place. */
export const partitionOfKey = (topic: string, key: Buffer, partitions: number): number =>
  javaPartitioner({
    topic,
    partitionMetadata: Array.from({ length: partitions }, (_, partitionId) => ({
      partitionId,
      leader: 0,
      partitionErrorCode: 0,
      replicas: [],
      isr: [],
      offlineReplicas: [],
    })),
    message: { key, value: null },
  })
