const stateWords = 624
const shiftWords = 397

/**
 * CPython's `random.Random`, seeded with an integer: the same seed gives the same numbers as Python does (MT19937 seeded
 * by init_by_array; Modules/_randommodule.c and Lib/random.py).
 */
export class PythonRandom {
  readonly #state = new Uint32Array(stateWords)
  #next = stateWords

  /** @param seed a safe integer; its sign does not count, as in Python. */
  constructor(seed: number) {
    this.#seedByArray(wordsOf(seed))
  }

  /** The next `bits` (1 to 32) random bits as an unsigned number. */
  getrandbits(bits: number): number {
    return this.#nextUint32() >>> (32 - bits)
  }

  /** A number of start..stop-1, both integers, at most 2^32 - 1 apart. */
  randrange(start: number, stop: number): number {
    return start + this.#randBelow(stop - start)
  }

  /** A number of low..high, both ends included. */
  randint(low: number, high: number): number {
    return this.randrange(low, high + 1)
  }

  // _randbelow_with_getrandbits: as many bits as `bound` has, drawn again while they are too large
  #randBelow(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 0xffff_ffff) {
      throw new RangeError(`empty or too wide a range: ${String(bound)}`)
    }
    const bits = 32 - Math.clz32(bound)
    let drawn = this.getrandbits(bits)
    while (drawn >= bound) drawn = this.getrandbits(bits)
    return drawn
  }

  #seedByArray(key: readonly number[]): void {
    const state = this.#state
    state[0] = 19_650_218
    for (let i = 1; i < stateWords; i += 1) state[i] = Math.imul(1_812_433_253, mixed(state, i)) + i
    let i = 1
    let j = 0
    for (let step = Math.max(stateWords, key.length); step > 0; step -= 1) {
      state[i] = (word(state, i) ^ Math.imul(mixed(state, i), 1_664_525)) + (key[j] ?? 0) + j
      i = this.#following(i)
      j = (j + 1) % key.length
    }
    for (let step = stateWords - 1; step > 0; step -= 1) {
      state[i] = (word(state, i) ^ Math.imul(mixed(state, i), 1_566_083_941)) - i
      i = this.#following(i)
    }
    state[0] = 0x8000_0000
  }

  #following(i: number): number {
    if (i + 1 < stateWords) return i + 1
    this.#state[0] = word(this.#state, stateWords - 1)
    return 1
  }

  #nextUint32(): number {
    if (this.#next === stateWords) this.#twist()
    let y = word(this.#state, this.#next)
    this.#next += 1
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c_5680
    y ^= (y << 15) & 0xefc6_0000
    y ^= y >>> 18
    return y >>> 0
  }

  #twist(): void {
    const state = this.#state
    for (let i = 0; i < stateWords; i += 1) {
      const y = (word(state, i) & 0x8000_0000) | (word(state, (i + 1) % stateWords) & 0x7fff_ffff)
      state[i] = word(state, (i + shiftWords) % stateWords) ^ (y >>> 1) ^ (y & 1 ? 0x9908_b0df : 0)
    }
    this.#next = 0
  }
}

const word = (state: Uint32Array, i: number): number => state[i] ?? 0

const mixed = (state: Uint32Array, i: number): number => {
  const before = word(state, i - 1)
  return before ^ (before >>> 30)
}

/** The seed's absolute value in words of 32 bits, lowest first. */
function wordsOf(seed: number): number[] {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`not a safe integer: ${String(seed)}`)
  const size = Math.abs(seed)
  const high = Math.floor(size / 2 ** 32)
  return high === 0 ? [size] : [size % 2 ** 32, high]
}
