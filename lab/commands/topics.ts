import { kafkaClient } from '../../clients/kafka.ts'
import { runningLab, type CommandContext } from '../context.ts'
import { answer, answerJson } from '../output.ts'
import { textTable } from '../tables.ts'

interface TopicRow {
  topic: string
  partitions: number
  /** End minus start offset over all partitions. */
  records: number
}

export async function topics(context: CommandContext, options: { json?: boolean }): Promise<number> {
  const { profile } = await runningLab(context)
  const admin = kafkaClient({ brokers: profile.kafka.brokers, clientId: 'lab-topics' }).admin()
  await admin.connect()
  try {
    const names = (await admin.listTopics()).filter((name) => !name.startsWith('__')).toSorted()
    const rows: TopicRow[] = await Promise.all(
      names.map(async (topic) => {
        const offsets = await admin.fetchTopicOffsets(topic)
        const records = offsets.reduce((sum, { high, low }) => sum + Number(BigInt(high) - BigInt(low)), 0)
        return { topic, partitions: offsets.length, records }
      }),
    )
    if (options.json) answerJson(rows)
    else
      answer(
        textTable(
          ['topic', 'partitions', 'records'],
          rows.map(({ topic, partitions, records }) => [topic, partitions, records]),
        ),
      )
  } finally {
    await admin.disconnect()
  }
  return 0
}
