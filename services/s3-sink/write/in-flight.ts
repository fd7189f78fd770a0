/** Bound on what a task has handed to its store and not yet seen stored. */
export interface InFlightLimits {
  readonly maxObjects: number
  readonly maxBytes: number
}

/** Counts objects and bytes under way; whoever takes waits while either bound is reached. One larger than all is taken alone. */
export class InFlight {
  readonly #limits: InFlightLimits
  #objects = 0
  #bytes = 0
  #freed = Promise.withResolvers<undefined>()

  constructor(limits: InFlightLimits) {
    this.#limits = limits
  }

  get objects(): number {
    return this.#objects
  }

  get bytes(): number {
    return this.#bytes
  }

  isFull(): boolean {
    return this.#objects >= this.#limits.maxObjects || this.#bytes >= this.#limits.maxBytes
  }

  /** Counts `bytes` as under way until `done` settles. It never waits: ask `isFull` before, and wait for `freed`. */
  add(bytes: number, done: Promise<unknown>): void {
    this.#objects += 1
    this.#bytes += bytes
    const settle = (): void => {
      this.#objects -= 1
      this.#bytes -= bytes
      const freed = this.#freed
      this.#freed = Promise.withResolvers()
      freed.resolve(undefined)
    }
    done.then(settle, settle)
  }

  /** Resolves when something under way has settled. */
  freed(): Promise<unknown> {
    return this.#freed.promise
  }

  /** Resolves when nothing is under way. */
  async empty(): Promise<void> {
    while (this.#objects > 0) await this.freed()
  }
}
