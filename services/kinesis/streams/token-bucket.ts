/**
 * Tokens that refill evenly, starting full. One call may take more than the bucket holds and leaves it in debt; then nothing is
 * admitted until it is full again, so that a read of 10 MiB at 2 MiB/s keeps the shard for 5 s, as GetRecords documents.
 */
export class TokenBucket {
  readonly #capacity: number
  readonly #perSecond: number
  /** In thousandths, so that what a millisecond brings is a whole number. */
  #tokens: number
  #filledAtMs = Number.NEGATIVE_INFINITY
  #inDebt = false

  constructor({ capacity, perSecond }: { readonly capacity: number; readonly perSecond: number }) {
    this.#capacity = capacity * 1_000
    this.#perSecond = perSecond
    this.#tokens = this.#capacity
  }

  /**
   * Whether `cost` may be taken now; of more than the bucket ever holds, whether it is full.
   * @param nowMs any clock: while it is behind, nothing refills
   */
  admits(cost: number, nowMs: number): boolean {
    if (nowMs > this.#filledAtMs) {
      this.#tokens = Math.min(this.#capacity, this.#tokens + (nowMs - this.#filledAtMs) * this.#perSecond)
      this.#filledAtMs = nowMs
    }
    if (this.#tokens === this.#capacity) this.#inDebt = false
    return !this.#inDebt && this.#tokens >= Math.min(cost * 1_000, this.#capacity)
  }

  take(cost: number): void {
    this.#tokens -= cost * 1_000
    if (this.#tokens < 0) this.#inDebt = true
  }
}
