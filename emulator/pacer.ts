import { setTimeout as delay } from 'node:timers/promises'

/** How much of a stall is made up for by going faster afterwards. */
const maxBehindMs = 1_000

/**
 * Spaces out posts: each has its moment on a timetable, so the rate holds exactly however coarse the timers are and however
 * long a post takes. After a stall of more than a second the timetable is moved, not caught up with.
 */
export class Pacer {
  readonly #intervalMs: number
  #dueMs: number | undefined

  /** @param ratePerSecond posts a second; without one only pauses are waited for. */
  constructor(ratePerSecond?: number) {
    this.#intervalMs = ratePerSecond === undefined ? 0 : 1_000 / ratePerSecond
  }

  /** Waits for the next post's moment and then `pauseMs`, which is never shortened. False when the signal aborts. */
  async next(signal: AbortSignal, pauseMs = 0): Promise<boolean> {
    const nowMs = performance.now()
    const dueMs = Math.max(this.#dueMs ?? nowMs, nowMs - maxBehindMs)
    const startMs = pauseMs > 0 ? Math.max(dueMs, nowMs) + pauseMs : dueMs
    const waitMs = startMs - nowMs
    this.#dueMs = startMs + this.#intervalMs
    if (waitMs < 1) return !signal.aborted
    try {
      await delay(waitMs, undefined, { signal })
      return true
    } catch (error) {
      if (signal.aborted) return false
      throw error
    }
  }
}
