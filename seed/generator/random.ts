/** Independent sequences of one data set: a change in how one part draws leaves the others as they were. */
export const streams = {
  wander: 1,
  wanderPairs: 2,
  blocks: 3,
  accountOrder: 4,
  lots: 5,
  posters: 6,
  account: 7,
  timestamp: 8,
  pin: 9,
  followers: 10,
} as const

/** MurmurHash3's 32-bit finaliser: a bijection in which every input bit touches every output bit. */
export function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** One 32-bit key out of a seed, a stream and an id within it. */
export const keyOf = (seed: number, stream: number, id = 0): number =>
  mix(mix(mix(seed ^ 0x9e3779b9) + Math.imul(stream, 0x7feb352d)) ^ mix(id + 0x3c6ef372))

const warmUpSteps = 8
const range32 = 2 ** 32

/** sfc32 (PractRand's small fast chaotic generator), one instance for each (seed, stream, id). */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number, stream: number, id = 0) {
    this.#a = keyOf(seed, stream, id) | 0
    this.#b = mix(this.#a ^ 0x6a09e667) | 0
    this.#c = id | 0
    for (let step = 0; step < warmUpSteps; step++) this.uint32()
  }

  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (this.#c << 21) | (this.#c >>> 11)
    this.#c = (this.#c + sum) | 0
    return sum >>> 0
  }

  /** 0 to 1, exclusive. */
  unit(): number {
    return this.uint32() / range32
  }

  /** 0 to `bound`, exclusive. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound)
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)]
    if (choice === undefined) throw new RangeError('nothing to pick from')
    return choice
  }

  /** The minimum of `draws` draws of `unit`, by inversion: one draw in place of many. */
  minimum(draws: number): number {
    const unit = this.unit()
    return draws === 1 ? unit : 1 - (1 - unit) ** (1 / draws)
  }
}
