/** Bytes that all requests and answers under way may hold together; given at once or not at all. */
export class ByteBudget {
  readonly #maxBytes: number
  #heldBytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  open(): Loan {
    let bytes = 0
    return {
      grow: (moreBytes) => {
        if (this.#heldBytes + moreBytes > this.#maxBytes) return false
        bytes += moreBytes
        this.#heldBytes += moreBytes
        return true
      },
      giveBack: () => {
        this.#heldBytes -= bytes
        bytes = 0
      },
    }
  }
}

export interface Loan {
  /** False when the bytes are not there; nothing is lent then. */
  readonly grow: (moreBytes: number) => boolean
  /** All of it. */
  readonly giveBack: () => void
}
