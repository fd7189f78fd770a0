import { type Readable } from 'node:stream'
import { type Loan } from './byte-budget.ts'

/** Of one request: 10 MiB of records in base64 (14.0 MB) with what JSON needs around 500 of them. */
export const maxBodyBytes = 16 * 1_048_576

/** A body that is refused is read on and thrown away up to so many bytes: a client that is still sending would miss the answer. */
const maxDrainBytes = 4 * maxBodyBytes

export type BodyRefusal = 'tooLarge' | 'overloaded'

/**
 * Calls back with the whole body, each chunk borrowed as it arrives, or with why there is none; not at all when the client goes away.
 * A callback, as a promise would cost a turn of the event loop's queue a request.
 */
export function readBody(request: Readable, loan: Loan, done: (body: Buffer | BodyRefusal) => void): void {
  let chunks: Buffer[] = []
  let bytes = 0
  let lentBytes = 0
  let refusal: BodyRefusal | undefined
  const refuse = (why: BodyRefusal): void => {
    refusal = why
    chunks = []
    loan.shrink(lentBytes)
  }
  let isDone = false
  const finish = (): void => {
    if (isDone) return
    isDone = true
    if (refusal !== undefined) done(refusal)
    else done(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks))
  }
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (refusal !== undefined) {
      if (bytes > maxDrainBytes) finish()
      return
    }
    if (bytes > maxBodyBytes) refuse('tooLarge')
    else if (!loan.grow(chunk.length)) refuse('overloaded')
    else {
      lentBytes += chunk.length
      chunks.push(chunk)
    }
  })
  request.once('end', finish)
}
