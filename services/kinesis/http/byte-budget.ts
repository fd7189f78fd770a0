/** What is waited for is at most this part of all bytes, so that it comes whatever the budget is. */
const minShares = 4

interface Waiter {
  /** Whether its bytes were there. */
  readonly lend: () => boolean
  readonly begin: () => void
}

/** Bytes that all requests and answers under way may hold together. */
export class ByteBudget {
  readonly #maxBytes: number
  #heldBytes = 0
  /** In the order they asked. */
  readonly #waiting = new Set<Waiter>()

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  open(): Loan {
    return new Loan(this, Math.floor(this.#maxBytes / minShares))
  }

  take(bytes: number): boolean {
    if (this.#heldBytes + bytes > this.#maxBytes) return false
    this.#heldBytes += bytes
    return true
  }

  give(bytes: number): void {
    this.#heldBytes -= bytes
    for (const waiter of this.#waiting) {
      if (!waiter.lend()) return
      this.#waiting.delete(waiter)
      waiter.begin()
    }
  }

  wait(waiter: Waiter): void {
    if (this.#waiting.size === 0 && waiter.lend()) waiter.begin()
    else this.#waiting.add(waiter)
  }

  leave(waiter: Waiter): void {
    this.#waiting.delete(waiter)
  }
}

/** What one request and its answer hold. */
export class Loan {
  readonly #budget: ByteBudget
  readonly #maxWaitBytes: number
  #bytes = 0
  #isClosed = false
  #waiter: Waiter | undefined

  constructor(budget: ByteBudget, maxWaitBytes: number) {
    this.#budget = budget
    this.#maxWaitBytes = maxWaitBytes
  }

  /** False when the bytes are not there, or the loan is closed; nothing is lent then. */
  grow(bytes: number): boolean {
    if (this.#isClosed || !this.#budget.take(bytes)) return false
    this.#bytes += bytes
    return true
  }

  /** Calls back once the bytes are lent, at once if they are there; never if the loan is closed before. */
  growWhenFree(bytes: number, lent: (bytes: number) => void): void {
    const part = Math.min(bytes, this.#maxWaitBytes)
    this.#waiter = {
      lend: () => this.grow(part),
      begin: () => {
        lent(part)
      },
    }
    this.#budget.wait(this.#waiter)
  }

  shrink(bytes: number): void {
    const given = Math.min(bytes, this.#bytes)
    this.#bytes -= given
    this.#budget.give(given)
  }

  /** Gives all back, for good. */
  close(): void {
    this.#isClosed = true
    if (this.#waiter !== undefined) this.#budget.leave(this.#waiter)
    this.shrink(this.#bytes)
  }
}
