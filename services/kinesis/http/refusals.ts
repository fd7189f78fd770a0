import { fallbackCodec } from '../protocol/codec.ts'
import { type HttpAnswer } from './exchange.ts'
import { maxBodyBytes, type BodyRefusal } from './read-body.ts'

const refusal = (status: number, name: string, message: string): HttpAnswer => ({
  status,
  contentType: fallbackCodec.contentType,
  body: Buffer.from(fallbackCodec.encode({ __type: name, message })),
})

/** The service's own bound on memory; clients repeat a request that is answered 503. */
export const overloaded = refusal(
  503,
  'ServiceUnavailable',
  'The requests under way hold as many bytes as this service keeps in memory.',
)

const tooLarge = refusal(413, 'RequestEntityTooLarge', `A request may have at most ${String(maxBodyBytes)} bytes.`)

export const refusalAnswer = (why: BodyRefusal): HttpAnswer => (why === 'tooLarge' ? tooLarge : overloaded)
