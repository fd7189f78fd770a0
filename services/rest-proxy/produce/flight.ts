import { restProxyErrors } from '../../../contract/wire-errors.ts'
import { type Batch, type Entry } from './entry.ts'
import { ProduceFailure, type ProducerSession } from './producer-port.ts'

/**
 * Sends the batches as one request and settles every record in them. When the broker rejects the request, each batch is
 * sent again on its own, and one that is too large in halves: a record that cannot be written fails alone. Resolves with the failure after
 * which the session must be retired, if there was one.
 */
export async function fly(
  session: ProducerSession,
  batches: readonly Batch[],
  deadline: number,
): Promise<ProduceFailure | undefined> {
  try {
    const baseOffsets = await session.send(batches, deadline)
    batches.forEach((batch, at) => {
      acknowledge(batch, baseOffsets[at])
    })
    return undefined
  } catch (error) {
    const failure = asFailure(error)
    if (failure.kind === 'rejected') {
      const parts = apart(batches, failure)
      if (parts.length > 1) return inTurn(session, parts, deadline)
    }
    for (const { entries } of batches) fail(entries, failure)
    return failure.kind === 'unknown' ? failure : undefined
  }
}

/** What to send on its own next; one part when there is nothing left to take apart. */
function apart(batches: readonly Batch[], failure: ProduceFailure): Batch[][] {
  const [batch] = batches
  if (batches.length > 1 || batch === undefined) return batches.map((one) => [one])
  if (!failure.isTooLarge || batch.entries.length < 2) return [[batch]]
  const middle = Math.ceil(batch.entries.length / 2)
  return [batch.entries.slice(0, middle), batch.entries.slice(middle)].map((entries) => [{ ...batch, entries }])
}

async function inTurn(
  session: ProducerSession,
  parts: readonly Batch[][],
  deadline: number,
): Promise<ProduceFailure | undefined> {
  let lost: ProduceFailure | undefined
  for (const part of parts) {
    // Another session could not tell what of the first attempt was written, so the rest is not sent by one.
    if (lost === undefined) lost = await fly(session, part, deadline)
    else for (const { entries } of part) fail(entries, lost)
  }
  return lost
}

function acknowledge({ partition, entries }: Batch, baseOffset: bigint | undefined): void {
  if (baseOffset === undefined) throw new Error('the producer answered fewer batches than it was given')
  entries.forEach((entry, at) => {
    entry.settle({ partition, offset: baseOffset + BigInt(at) })
  })
}

function fail(entries: readonly Entry[], failure: ProduceFailure): void {
  const { errorCode } = failure.isRetriable ? restProxyErrors.kafkaRetriable : restProxyErrors.kafka
  for (const entry of entries) entry.settle({ errorCode, error: failure.message })
}

const asFailure = (error: unknown): ProduceFailure =>
  error instanceof ProduceFailure
    ? error
    : new ProduceFailure('unknown', error instanceof Error ? error.message : String(error), {
        isRetriable: true,
        cause: error,
      })
