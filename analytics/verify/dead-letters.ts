import { type KafkaMessage } from '../../clients/kafka.ts'

/** Where a dead letter came from, by the headers Kafka Connect gives it; undefined when it carries none. */
export interface DeadLetter {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** Which step failed, such as VALUE_CONVERTER. */
  readonly stage: string
  readonly reason: string
}

/** Dead letter topic of the lab's connector configuration. */
export const deadLetterTopic = (userId: string): string => `dlq-${userId}`

export function deadLetterOf({ headers = {} }: KafkaMessage): DeadLetter | undefined {
  const header = (name: string): string | undefined => {
    const value = headers[`__connect.errors.${name}`]
    return Array.isArray(value) ? value[0]?.toString() : value?.toString()
  }
  const topic = header('topic')
  const partition = header('partition')
  const offset = header('offset')
  if (topic === undefined || partition === undefined || offset === undefined) return undefined
  return {
    topic,
    partition: Number(partition),
    offset: BigInt(offset),
    stage: header('stage') ?? '',
    reason: header('exception.message') ?? '',
  }
}
