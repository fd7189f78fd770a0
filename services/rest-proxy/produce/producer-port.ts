import { type Batch } from './entry.ts'

/**
 * Why a flight was not acknowledged.
 * - `rejected`: the broker said no; what was rejected is not in the log. Of a flight of several batches, others may be.
 * - `unknown`: no answer, or one that leaves it open; each record may be in the log or not.
 */
export class ProduceFailure extends Error {
  readonly kind: 'rejected' | 'unknown'
  /** A client may send the same record again (50003 in place of 50002). */
  readonly isRetriable: boolean
  /** A smaller batch might pass. */
  readonly isTooLarge: boolean

  constructor(
    kind: 'rejected' | 'unknown',
    message: string,
    options: { isRetriable: boolean; isTooLarge?: boolean; cause?: unknown },
  ) {
    super(message, { cause: options.cause })
    this.name = 'ProduceFailure'
    this.kind = kind
    this.isRetriable = options.isRetriable
    this.isTooLarge = options.isTooLarge ?? false
  }
}

/**
 * One idempotent producer. After a `rejected` flight the same batches may be sent again, apart from each other: sequence numbers
 * are then the same, so the broker answers a batch that it has with the offset it gave before.
 */
export interface ProducerSession {
  /**
   * Base offsets by batch, once the broker has acknowledged with acks=all. No attempt starts after `deadline` (ms of the
   * epoch).
   *
   * @throws ProduceFailure
   */
  readonly send: (batches: readonly Batch[], deadline: number) => Promise<bigint[]>
}

export interface ProducerPort {
  /** Waits until there is a producer; rejects when the signal aborts. */
  readonly session: (signal: AbortSignal) => Promise<ProducerSession>
  /**
   * Never gives out this session again. To be called after an `unknown` flight: its sequence numbers are used or not, and
   * a further batch under the same numbers would be taken for a repetition and lost.
   */
  readonly retire: (session: ProducerSession, reason: Error) => void
}
