interface Step {
  /** Offset that may be committed once this step and all before it are done; undefined: this one alone moves nothing. */
  readonly nextOffset: bigint | undefined
  isDone: boolean
}

/** Steps that end in any order and count in the order they were added. A failed one holds back all after it. */
export class OrderedSteps {
  readonly #steps: Step[] = []
  readonly #onCommittable: (offset: bigint) => void
  readonly #onFailure: (error: unknown) => void

  constructor(on: { onCommittable: (offset: bigint) => void; onFailure: (error: unknown) => void }) {
    this.#onCommittable = on.onCommittable
    this.#onFailure = on.onFailure
  }

  add(nextOffset: bigint | undefined, done: Promise<unknown>): void {
    const step: Step = { nextOffset, isDone: false }
    this.#steps.push(step)
    done.then(
      () => {
        step.isDone = true
        this.#advance()
      },
      (error: unknown) => {
        this.#onFailure(error)
      },
    )
  }

  #advance(): void {
    const undone = this.#steps.findIndex(({ isDone }) => !isDone)
    const done = this.#steps.splice(0, undone === -1 ? this.#steps.length : undone)
    const last = done.findLast(({ nextOffset }) => nextOffset !== undefined)
    if (last?.nextOffset !== undefined) this.#onCommittable(last.nextOffset)
  }
}
