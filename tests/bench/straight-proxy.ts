import Fastify from 'fastify'
import { kafkaClient } from '../../clients/kafka.ts'

/**
 * The straight way, to measure the REST proxy against: the same server and client libraries, one produce a request. Prints its URL.
 * `node tests/bench/straight-proxy.ts '{"brokers":[…]}'`
 */
const { brokers } = JSON.parse(process.argv[2] ?? '{}') as { brokers: string[] }
const producer = kafkaClient({ brokers, clientId: 'straight' }).producer({ idempotent: true, retry: { retries: 8 } })
await producer.connect()

const app = Fastify()
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
  done(null, body)
})
app.post<{ Params: { topic: string } }>('/topics/:topic', async (request) => {
  const { records } = JSON.parse(String(request.body)) as { records: { value: unknown }[] }
  const messages = records.map(({ value }) => ({ value: JSON.stringify(value) }))
  const acknowledged = await producer.send({ topic: request.params.topic, messages, acks: -1 })
  return { offsets: acknowledged.map(({ partition, baseOffset }) => ({ partition, offset: Number(baseOffset) })) }
})
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`)
