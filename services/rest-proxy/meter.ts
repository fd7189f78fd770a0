import { setInterval } from 'node:timers/promises'
import { type Logger } from '../runtime/log.ts'

const reportIntervalMs = 5_000
const maxComplaints = 5

/** Counts between two lines of the access log: one line an interval, none while nothing happens. */
export class Meter {
  requests = 0
  records = 0
  flights = 0
  /** Flights without an answer from the broker. */
  lostFlights = 0
  #refused = new Map<number, number>()
  #complaints = 0

  refuse(errorCode: number): void {
    this.#refused.set(errorCode, (this.#refused.get(errorCode) ?? 0) + 1)
  }

  /** Lets a log line through, but only the first few of an interval. */
  complain(write: () => void): void {
    this.#complaints += 1
    if (this.#complaints <= maxComplaints) write()
  }

  /** Until the signal aborts. */
  async report(log: Logger, inFlight: () => { requests: number; bytes: number }, signal: AbortSignal): Promise<void> {
    try {
      for await (const _ of setInterval(reportIntervalMs, undefined, { signal, ref: false })) {
        if (this.requests === 0 && this.flights === 0) continue
        log.info(
          {
            requests: this.requests,
            records: this.records,
            flights: this.flights,
            ...(this.lostFlights > 0 ? { lostFlights: this.lostFlights } : {}),
            ...(this.#refused.size > 0 ? { refused: Object.fromEntries(this.#refused) } : {}),
            ...(this.#complaints > maxComplaints ? { notLogged: this.#complaints - maxComplaints } : {}),
            inFlight: inFlight(),
          },
          'served',
        )
        this.requests = this.records = this.flights = this.lostFlights = this.#complaints = 0
        this.#refused = new Map()
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
}
