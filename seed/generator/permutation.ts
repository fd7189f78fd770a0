import { keyOf, mix } from './random.ts'

const rounds = 6

/**
 * A pseudo-random order of 0..size-1 that needs no table: a Feistel network over the next power of two, walked until it
 * falls within `size` (format-preserving encryption's cycle walking), so any position of it costs the same.
 */
export class Permutation {
  readonly size: number
  readonly #keys: readonly number[]
  readonly #highBits: number
  readonly #lowMask: number
  readonly #highMask: number
  readonly #lowBits: number

  constructor(size: number, seed: number, stream: number, id = 0) {
    const bits = Math.max(2, Math.ceil(Math.log2(Math.max(size, 1))))
    this.size = size
    this.#lowBits = bits >> 1
    this.#highBits = bits - this.#lowBits
    this.#lowMask = (1 << this.#lowBits) - 1
    this.#highMask = (1 << this.#highBits) - 1
    const key = keyOf(seed, stream, id)
    this.#keys = Array.from({ length: rounds }, (_, round) => mix(key + Math.imul(round + 1, 0x9e3779b9)))
  }

  forward(position: number): number {
    let value = position
    do {
      for (let round = 0; round < rounds; round++) value = this.#round(value, round)
    } while (value >= this.size)
    return value
  }

  inverse(position: number): number {
    let value = position
    do {
      for (let round = rounds - 1; round >= 0; round--) value = this.#round(value, round)
    } while (value >= this.size)
    return value
  }

  /** Changes one half by the other, so it undoes itself. */
  #round(value: number, round: number): number {
    const low = value & this.#lowMask
    const high = value >>> this.#lowBits
    const key = this.#keys[round] ?? 0
    return round % 2 === 0
      ? (high << this.#lowBits) | (low ^ (mix(high ^ key) & this.#lowMask))
      : ((high ^ (mix(low ^ key) & this.#highMask)) << this.#lowBits) | low
  }
}
