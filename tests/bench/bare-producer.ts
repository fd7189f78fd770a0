import { kafkaClient } from '../../clients/kafka.ts'

/**
 * Bare kafkajs in one process, to measure the REST proxy against: sends one batch over and over, `concurrency` sends under way at a
 * time, and prints `{records, seconds}` as JSON.
 */
export interface BareOptions {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly value: string
  readonly recordsPerBatch: number
  readonly batches: number
  readonly concurrency: number
}

const options = JSON.parse(process.argv[2] ?? '{}') as BareOptions
const { topic, value, recordsPerBatch, batches, concurrency } = options
const producer = kafkaClient({ brokers: options.brokers, clientId: 'bare' }).producer({
  idempotent: true,
  retry: { retries: 8 },
})
await producer.connect()
let sent = 0
const worker = async (): Promise<void> => {
  while (sent < batches) {
    sent += 1
    await producer.send({ topic, acks: -1, messages: Array.from({ length: recordsPerBatch }, () => ({ value })) })
  }
}
const startMs = performance.now()
await Promise.all(Array.from({ length: concurrency }, worker))
const seconds = (performance.now() - startMs) / 1_000
await producer.disconnect()
process.stdout.write(JSON.stringify({ records: sent * recordsPerBatch, seconds }))
