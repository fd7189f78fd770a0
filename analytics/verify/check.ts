export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly status: 'passed' | 'failed' | 'skipped'
  /** What was compared, and what went wrong; all zero faults in a check that passed. */
  readonly counts: Readonly<Record<string, number>>
  /** How to read the result. */
  readonly hint: string
  /** Up to five faults, each in a line. */
  readonly examples: readonly string[]
  /** What is no fault and yet worth knowing, with its likely cause. */
  readonly warnings: readonly string[]
}

export const maxExamples = 5

/** Collects the faults of one check, with the first few told in words. */
export class CheckBuilder {
  readonly #name: string
  readonly #counts: Record<string, number> = {}
  readonly #examples: string[] = []
  readonly #warnings: string[] = []
  #faults = 0
  #skipped: string | undefined

  constructor(name: string) {
    this.#name = name
  }

  count(name: string, by = 1): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + by
  }

  /** Counts a fault under `name`; `example` is made only while there is room for it. */
  fault(name: string, example: () => string): void {
    this.count(name)
    this.#faults++
    if (this.#examples.length < maxExamples) this.#examples.push(example())
  }

  /** As `fault`, for `by` faults of one kind with the first of them told. */
  faults(name: string, by: number, examples: readonly string[]): void {
    this.count(name, by)
    this.#faults += by
    this.#examples.push(...examples.slice(0, maxExamples - this.#examples.length))
  }

  warn(text: string): void {
    this.#warnings.push(text)
  }

  /** The check cannot judge everything; a fault that was found all the same still fails it. */
  skip(reason: string): void {
    this.#skipped ??= reason
  }

  done(hints: { readonly passed: string; readonly failed: string }): Check {
    const status = this.#faults > 0 ? 'failed' : this.#skipped === undefined ? 'passed' : 'skipped'
    return {
      name: this.#name,
      ok: status !== 'failed',
      status,
      counts: this.#counts,
      hint: status === 'skipped' ? (this.#skipped ?? '') : hints[status],
      examples: this.#examples,
      warnings: this.#warnings,
    }
  }
}
