import { type Outcome, type OutcomeSlots } from './entry.ts'

/** The answer to one produce request as it fills up. */
export class Ticket implements OutcomeSlots {
  readonly outcomes: Promise<Outcome[]>
  /** ms of the epoch. */
  readonly deadline: number
  readonly #settled: (Outcome | undefined)[]
  readonly #resolve: (outcomes: Outcome[]) => void
  #open: number

  /** @param records how many outcomes make the answer, at least 1 */
  constructor(records: number, deadline: number) {
    this.deadline = deadline
    this.#settled = new Array<Outcome | undefined>(records)
    this.#open = records
    const { promise, resolve } = Promise.withResolvers<Outcome[]>()
    this.outcomes = promise
    this.#resolve = resolve
  }

  get isComplete(): boolean {
    return this.#open === 0
  }

  isSettled(at: number): boolean {
    return this.#settled[at] !== undefined
  }

  /** The first outcome of a record stands. */
  settle(at: number, outcome: Outcome): void {
    if (this.#settled[at] !== undefined) return
    this.#settled[at] = outcome
    this.#open -= 1
    if (this.#open === 0) this.#resolve(this.#settled as Outcome[])
  }

  settleRest(outcome: Outcome): void {
    for (let at = 0; at < this.#settled.length; at += 1) this.settle(at, outcome)
  }
}

/** Open tickets in the order of their deadlines, which is that of arrival; one timer watches the first. */
export class TicketQueue {
  readonly #onExpiry: () => void
  readonly #tickets = new Map<Ticket, () => Outcome>()
  #timer: NodeJS.Timeout | undefined

  constructor(onExpiry: () => void) {
    this.#onExpiry = onExpiry
  }

  watch(ticket: Ticket, timedOut: () => Outcome): void {
    if (ticket.isComplete) return
    this.#tickets.set(ticket, timedOut)
    void ticket.outcomes.then(() => this.#tickets.delete(ticket))
    this.#timer ??= this.#wakeAt(ticket.deadline)
  }

  #wakeAt(deadline: number): NodeJS.Timeout {
    return setTimeout(
      () => {
        this.#expire()
      },
      Math.max(0, deadline - Date.now()) + 1,
    ).unref()
  }

  #expire(): void {
    this.#timer = undefined
    let expired = 0
    for (const [ticket, timedOut] of this.#tickets) {
      if (ticket.deadline > Date.now()) {
        this.#timer = this.#wakeAt(ticket.deadline)
        break
      }
      ticket.settleRest(timedOut())
      this.#tickets.delete(ticket)
      expired += 1
    }
    if (expired > 0) this.#onExpiry()
  }

  settleAll(outcome: Outcome): void {
    clearTimeout(this.#timer)
    for (const ticket of this.#tickets.keys()) ticket.settleRest(outcome)
    this.#tickets.clear()
  }
}
