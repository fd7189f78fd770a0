import { type Message } from '../../../clients/kafka.ts'
import { type Batch } from '../produce/entry.ts'

export interface TopicMessages {
  readonly topic: string
  readonly messages: Message[]
}

/**
 * The flight as the client library takes it, one list a topic. The library groups a list by partition with `reduce`, copying what it has
 * for each further message, which for batches of a thousand costs as much as encoding them; the lists answer that one call with the
 * groups they were made of. Each message names its partition, so a library that groups in another way comes to the same.
 *
 * @param onAttempt called at each attempt to send, before anything of it is; what it throws ends the send
 */
export function topicMessages(batches: readonly Batch[], onAttempt: () => void): TopicMessages[] {
  return [...Map.groupBy(batches, ({ topic }) => topic)].map(([topic, ofTopic]) => {
    const groups = ofTopic.map(({ partition, entries }) => ({
      partition,
      messages: entries.map(({ key, value }): Message => ({ key, value, partition })),
    }))
    const messages = groups.flatMap((group) => group.messages)
    Object.defineProperty(messages, 'reduce', {
      value: () => {
        onAttempt()
        return Object.fromEntries(groups.map((group) => [group.partition, group.messages]))
      },
    })
    return { topic, messages }
  })
}
