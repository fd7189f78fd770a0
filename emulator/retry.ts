import { setTimeout as delay } from 'node:timers/promises'

export interface RetryPolicy {
  readonly firstDelayMs: number
  readonly maxDelayMs: number
  /** No attempt begins later than this after the first one. */
  readonly giveUpAfterMs: number
}

/** Far longer than a proxy or a broker takes to come back: some 1 and 10 seconds. */
export const defaultRetryPolicy: RetryPolicy = { firstDelayMs: 100, maxDelayMs: 5_000, giveUpAfterMs: 120_000 }

/** Doubles with each failure up to the policy's bound; half of it is chance, so that clients do not come back in step. */
export function backOffMs(policy: RetryPolicy, failures: number, chance: () => number = Math.random): number {
  const ceiling = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (failures - 1))
  return ceiling / 2 + (chance() * ceiling) / 2
}

/** A Retry-After header in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3); undefined when it is neither. */
export function retryAfterMs(header: string | undefined, nowMs = Date.now()): number | undefined {
  if (header === undefined) return undefined
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
}

/** The failures of one request, and whether it may be tried again. */
export class Attempts {
  readonly #policy: RetryPolicy
  readonly #startedMs = performance.now()
  #failures = 0

  constructor(policy: RetryPolicy) {
    this.#policy = policy
  }

  get failures(): number {
    return this.#failures
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedMs
  }

  /**
   * Waits until the next attempt is due: the back-off, or `atLeastMs` when that is longer. False, without waiting, when that
   * moment is past the policy's end. Rejects with the signal's reason when it aborts.
   */
  async waitForNext(signal: AbortSignal, atLeastMs = 0): Promise<boolean> {
    this.#failures += 1
    const waitMs = Math.max(backOffMs(this.#policy, this.#failures), atLeastMs)
    if (this.elapsedMs + waitMs > this.#policy.giveUpAfterMs) return false
    await delay(waitMs, undefined, { signal })
    return true
  }
}
