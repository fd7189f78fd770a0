import { type IncomingMessage } from 'node:http'
import { type Loan } from './budget.ts'
import { Refused } from './refused.ts'

/** Seconds a client that meets a full proxy is asked to wait. */
export const retryAfterSeconds = 1

/** A body that is too large is read on and thrown away up to this many times its limit: a client that is still sending would miss the answer. */
const drainFactor = 4

/**
 * The whole body, each chunk borrowed from the budget as it arrives. Rejects when the client goes away: half a body is never used.
 *
 * @throws Refused payloadTooLarge, throttled
 */
export function readBody(request: IncomingMessage, maxBytes: number, loan: Loan): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = []
    let bytes = 0
    let refused: Refused | undefined
    const refuse = (why: Refused): void => {
      refused ??= why
      chunks = []
    }
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) refuse(new Refused('payloadTooLarge'))
      else if (refused === undefined && !loan.grow(chunk.length)) {
        const throttled = new Refused('throttled', 'Try again later.', { retryAfterSeconds })
        refuse(throttled)
        reject(throttled)
      }
      if (refused === undefined) chunks.push(chunk)
      else if (bytes > drainFactor * maxBytes) reject(refused)
    })
    request.once('end', () => {
      if (refused !== undefined) reject(refused)
      else resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks))
    })
    request.once('error', reject)
    request.once('close', () => {
      if (!request.complete) reject(new Error('the client closed the connection before its request was complete'))
    })
  })
}
