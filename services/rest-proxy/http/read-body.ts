import { type IncomingMessage } from 'node:http'
import { type Loan } from './budget.ts'
import { Refused } from './refused.ts'

/** Seconds a client that meets a full proxy is asked to wait. */
export const retryAfterSeconds = 1

/**
 * The whole body, each chunk borrowed from the budget as it arrives. A body that is refused half-way is read on and thrown away, so that
 * the client gets to see the answer. Rejects when the client goes away: half a body is never used.
 *
 * @throws Refused payloadTooLarge, throttled
 */
export function readBody(request: IncomingMessage, maxBytes: number, loan: Loan): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => {
      request.off('data', onData)
      request.resume()
      reject(error)
    }
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      refuse(new Refused('payloadTooLarge'))
      return
    }
    const chunks: Buffer[] = []
    let bytes = 0
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes > maxBytes) refuse(new Refused('payloadTooLarge'))
      else if (!loan.grow(chunk.length)) refuse(new Refused('throttled', 'Try again later.', { retryAfterSeconds }))
      else chunks.push(chunk)
    }
    request.on('data', onData)
    request.once('end', () => {
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks))
    })
    request.once('error', reject)
    request.once('close', () => {
      if (!request.complete) reject(new Error('the client closed the connection before its request was complete'))
    })
  })
}
