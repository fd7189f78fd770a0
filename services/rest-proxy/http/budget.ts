/** What the proxy lends to requests that are being read or wait for the broker; a loan is given at once or not at all. */
export class Budget {
  readonly #maxRequests: number
  readonly #maxBytes: number
  #requests = 0
  #bytes = 0

  constructor(max: { requests: number; bytes: number }) {
    this.#maxRequests = max.requests
    this.#maxBytes = max.bytes
  }

  get requests(): number {
    return this.#requests
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Undefined when all places are taken. */
  borrow(): Loan | undefined {
    if (this.#requests >= this.#maxRequests) return undefined
    this.#requests += 1
    let bytes = 0
    let isOpen = true
    return {
      grow: (moreBytes) => {
        if (!isOpen || this.#bytes + moreBytes > this.#maxBytes) return false
        bytes += moreBytes
        this.#bytes += moreBytes
        return true
      },
      giveBack: () => {
        if (!isOpen) return
        isOpen = false
        this.#requests -= 1
        this.#bytes -= bytes
      },
    }
  }
}

export interface Loan {
  /** False when the bytes are not there; nothing is lent then. */
  readonly grow: (moreBytes: number) => boolean
  /** Idempotent. */
  readonly giveBack: () => void
}
