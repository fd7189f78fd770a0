import { LabError, type EntityName } from '../contract/index.ts'
import { type FrontDoor, type FrontDoorAnswer, type FrontDoorRequest } from './front-door.ts'
import { Attempts, defaultRetryPolicy, type RetryPolicy } from './retry.ts'
import { type OutgoingRecord, type Place, type Verdict } from './verdict.ts'

/** How one path says things at the front door. */
export interface Wire {
  /** What takes an entity's records, as errors name it: `topic …`, `stream …`. */
  target(entity: EntityName): string
  request(entity: EntityName, records: readonly OutgoingRecord[]): FrontDoorRequest
  /** @param count records in the request that was answered */
  judge(entity: EntityName, answer: FrontDoorAnswer, count: number): Verdict
  /** What a reader can do about a refusal. */
  hintFor(reason: string): string
}

export interface AcknowledgedRecord {
  readonly record: OutgoingRecord
  readonly place: Place
}

export type OnAcknowledged = (acknowledged: readonly AcknowledgedRecord[]) => Promise<void>

export interface DeliveryOptions {
  readonly door: Pick<FrontDoor, 'send'>
  readonly retryPolicy?: RetryPolicy | undefined
  /** Ends every wait at once. */
  readonly signal: AbortSignal
  readonly onRetry?: (reason: string) => void
}

type Attempt = Verdict & { readonly waitMs?: number | undefined; readonly cause?: unknown }

/** The one retry loop of every path. */
export class Delivery {
  readonly #options: DeliveryOptions

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  /**
   * Sends `records` to the entity's topic or stream in one request. What fails in a way that may pass is sent again, and only
   * that, with growing pauses; a record that was stored but whose answer got lost is thus stored twice, never lost.
   * `onAcknowledged` gets each acknowledged record exactly once, after every request with new ones.
   * @throws LabError LAB_EMULATION_FAILED at a refusal, or when the policy's time is over
   */
  async deliver(
    wire: Wire,
    entity: EntityName,
    records: readonly OutgoingRecord[],
    onAcknowledged: OnAcknowledged,
  ): Promise<void> {
    const { retryPolicy = defaultRetryPolicy, signal, onRetry } = this.#options
    const attempts = new Attempts(retryPolicy)
    let open = records
    for (;;) {
      const attempt = await this.#attempt(wire, entity, open)
      const { acknowledged, again, lost, reason } = sorted(attempt, open)
      if (acknowledged.length > 0) await onAcknowledged(acknowledged)
      if (lost.length > 0) throw refused(wire, entity, lost, reason, attempt.cause)
      if (again.length === 0) return
      if (!(await attempts.waitForNext(signal, attempt.waitMs))) {
        throw gaveUp(wire.target(entity), again, reason, attempts)
      }
      open = again
      onRetry?.(reason)
    }
  }

  async #attempt(wire: Wire, entity: EntityName, records: readonly OutgoingRecord[]): Promise<Attempt> {
    const answer = await this.#options.door.send(wire.request(entity, records))
    if ('status' in answer) return { ...wire.judge(entity, answer, records.length), waitMs: answer.waitMs }
    return { kind: answer.mayPass ? 'retry' : 'refused', reason: answer.reason, cause: answer.cause }
  }
}

interface SortedRecords {
  readonly acknowledged: AcknowledgedRecord[]
  readonly again: readonly OutgoingRecord[]
  readonly lost: readonly OutgoingRecord[]
  /** Of the first lost record; if none is lost, of the first to be sent again. */
  readonly reason: string
}

/** Which records of a request are done, which go again and which never will; in the request's order. */
function sorted(verdict: Verdict, records: readonly OutgoingRecord[]): SortedRecords {
  if (verdict.kind === 'retry') return { acknowledged: [], again: records, lost: [], reason: verdict.reason }
  if (verdict.kind === 'refused') return { acknowledged: [], again: [], lost: records, reason: verdict.reason }
  const acknowledged: AcknowledgedRecord[] = []
  const again: OutgoingRecord[] = []
  const lost: OutgoingRecord[] = []
  const reasons: Partial<Record<'retry' | 'refused', string>> = {}
  for (const [i, record] of records.entries()) {
    const outcome = verdict.outcomes[i]
    if (outcome?.kind === 'acknowledged') {
      acknowledged.push({ record, place: outcome.place })
    } else if (outcome) {
      reasons[outcome.kind] ??= outcome.reason
      const kept = outcome.kind === 'retry' ? again : lost
      kept.push(record)
    }
  }
  return { acknowledged, again, lost, reason: reasons.refused ?? reasons.retry ?? '' }
}

const named = (records: readonly OutgoingRecord[]): string => {
  const shown = records.slice(0, 3).map(({ ind }) => String(ind))
  return `${shown.join(', ')}${records.length > shown.length ? `, … (${String(records.length)} records)` : ''}`
}

const refused = (
  wire: Wire,
  entity: EntityName,
  records: readonly OutgoingRecord[],
  reason: string,
  cause: unknown,
): LabError =>
  new LabError('LAB_EMULATION_FAILED', {
    what: `the post of ind ${named(records)} to ${wire.target(entity)} was refused`,
    why: reason,
    fix: `${wire.hintFor(reason)}; then the same command goes on where this one stopped`,
    cause,
  })

const gaveUp = (target: string, records: readonly OutgoingRecord[], reason: string, attempts: Attempts): LabError =>
  new LabError('LAB_EMULATION_FAILED', {
    what: `ind ${named(records)} could not be posted to ${target}: ${String(attempts.failures)} attempts in ${(attempts.elapsedMs / 1_000).toFixed(0)} s`,
    why: `the last answer was: ${reason}`,
    fix: 'see "lab status" and "lab logs gateway"; once the lab answers, the same command goes on where this one stopped',
  })
