/**
 * The two steps of a stop. `stop`: nothing new begins; it follows the caller's signal, or a failure. `end`:
 * `finishTimeoutMs` later, what is still under way is given up.
 */
export class Stopping {
  readonly #stop = new AbortController()
  readonly #end = new AbortController()
  readonly #signal: AbortSignal
  readonly #finishTimeoutMs: number

  constructor(signal: AbortSignal, finishTimeoutMs: number) {
    this.#signal = signal
    this.#finishTimeoutMs = finishTimeoutMs
  }

  get stop(): AbortSignal {
    return this.#stop.signal
  }

  get end(): AbortSignal {
    return this.#end.signal
  }

  /**
   * Takes one thing after the other from `things` and uses up to `concurrency` of them at a time, so its users set the pace;
   * `use` is called in their order.
   * After a stop it goes on until `things`, which knows of `stop`, has no more.
   * @returns false when something under way was given up at `end`
   * @throws the first failure, once all the others are done with theirs
   */
  async drain<T>(things: AsyncGenerator<T>, concurrency: number, use: (thing: T) => Promise<void>): Promise<boolean> {
    let failure: { error: unknown } | undefined
    let timer: NodeJS.Timeout | undefined
    const stopAll = (): void => {
      this.#stop.abort()
      timer ??= setTimeout(() => {
        this.#end.abort()
      }, this.#finishTimeoutMs)
    }
    const worker = async (): Promise<void> => {
      try {
        for (let next = await things.next(); !next.done; next = await things.next()) await use(next.value)
      } catch (error) {
        failure ??= { error }
        stopAll()
      }
    }
    this.#signal.addEventListener('abort', stopAll, { once: true })
    if (this.#signal.aborted) stopAll()
    try {
      await Promise.all(Array.from({ length: concurrency }, worker))
    } finally {
      clearTimeout(timer)
      this.#signal.removeEventListener('abort', stopAll)
      await things.return(undefined)
    }
    if (!failure) return true
    if (this.#signal.aborted && isAbort(failure.error)) return false
    throw failure.error
  }
}

export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'
