import { randomUUID } from 'node:crypto'
import { LabError } from '../../contract/index.ts'
import { kafkaClient } from '../../clients/kafka.ts'
import { runningLab, type CommandContext } from '../context.ts'
import { answer, note } from '../output.ts'

interface ConsumeOptions {
  readonly fromBeginning?: boolean
  readonly max?: number
}

/** Prints each record's value on a line of its own, until `--max` records or Ctrl-C; says on stderr how many there were. */
export async function consume(context: CommandContext, options: ConsumeOptions, topic: string): Promise<number> {
  const { profile } = await runningLab(context)
  const kafka = kafkaClient({ brokers: profile.kafka.brokers, clientId: 'lab-consume' })
  const groupId = `lab-consume-${randomUUID()}`
  const admin = kafka.admin()
  await admin.connect()
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 250 })
  let printed = 0
  try {
    const known = await admin.listTopics()
    if (!known.includes(topic)) {
      throw new LabError('LAB_USAGE', {
        what: `there is no topic "${topic}"`,
        why: `the broker has ${known.filter((name) => !name.startsWith('__')).join(', ')}`,
        fix: 'name one of these; "npx lab topics" lists them',
      })
    }
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: options.fromBeginning ?? false })
    await new Promise<void>((resolve, reject) => {
      context.signal.addEventListener('abort', () => {
        resolve()
      })
      consumer.on('consumer.crash', ({ payload }) => {
        reject(payload.error)
      })
      const printRecord = (value: Buffer | null): void => {
        if (options.max !== undefined && printed >= options.max) return
        answer(value?.toString('utf8') ?? 'null')
        printed += 1
        if (printed === options.max) resolve()
      }
      consumer
        .run({
          eachMessage: ({ message }) => {
            printRecord(message.value)
            return Promise.resolve()
          },
        })
        .catch(reject)
    })
    note(`Processed a total of ${String(printed)} messages`)
  } finally {
    await consumer.disconnect()
    await admin.deleteGroups([groupId]).catch((error: unknown) => {
      note(`consumer group ${groupId} could not be removed: ${String(error)}`)
    })
    await admin.disconnect()
  }
  return 0
}
