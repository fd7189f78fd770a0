/**
 * Text of a double as `Double.toString` of Java 8 to 18 writes it: the JVMs that run the real connector. Those JVMs do not
 * always find the shortest text (1e23 is `1.0E23` from Java 19 on, `9.999999999999999E22` before), so common numbers take
 * JavaScript's shortest digits and the rest the older way to find digits.
 */
export function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value < 0 ? '-Infinity' : 'Infinity'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const magnitude = Math.abs(value)
  if (magnitude === 0) return `${sign}0.0`
  const { digits, exponent } = shortestIsJavas(magnitude) ?? javaDigits(magnitude)
  return sign + plainOrScientific(digits, exponent)
}

/** `digits` as d.ddd × 10^exponent. */
interface Decimal {
  readonly digits: string
  readonly exponent: number
}

/** Between 1e-3 and 1e7, which Java prints plainly, both find the same digits as long as these are no more than 15. */
function shortestIsJavas(magnitude: number): Decimal | undefined {
  if (magnitude < 1e-3 || magnitude >= 1e7) return undefined
  const [mantissa = '', exponent] = magnitude.toExponential().split('e')
  const digits = mantissa.replace('.', '')
  return digits.length > 15 ? undefined : { digits, exponent: Number(exponent) }
}

function plainOrScientific(digits: string, exponent: number): string {
  if (exponent < -3 || exponent >= 7) return `${digits.slice(0, 1)}.${digits.slice(1) || '0'}E${String(exponent)}`
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${whole}.${digits.slice(exponent + 1) || '0'}`
}

const significandBits = 52
const word = new DataView(new ArrayBuffer(8))

function javaDigits(magnitude: number): Decimal {
  word.setFloat64(0, magnitude)
  const bits = word.getBigUint64(0)
  const biased = Number(bits >> 52n)
  const fraction = bits & 0xf_ffff_ffff_ffffn
  const significand = biased === 0 ? fraction : fraction | (1n << 52n)
  const length = significand.toString(2).length
  /** The number is `significand` × 2^power; its leading bit stands for 2^leading. */
  const power = Math.max(biased, 1) - 1075
  const leading = power + length - 1
  const precision = biased === 0 ? length : significandBits + 1
  const trailingZeros = /0*$/.exec(significand.toString(2))?.[0].length ?? 0
  const usedBits = length - trailingZeros
  const fractionBits = Math.max(0, usedBits - leading - 1)
  if (fractionBits === 0 && leading <= 62) {
    return wholeNumberDigits(
      power < 0 ? significand >> BigInt(-power) : significand << BigInt(power),
      leading,
      precision,
    )
  }
  return steeleWhiteDigits(significand >> BigInt(trailingZeros), leading, usedBits, fractionBits, precision)
}

/** A whole number that fits a long: all its digits but those below the precision of a double, half rounded up. */
function wholeNumberDigits(whole: bigint, leading: number, precision: number): Decimal {
  const spareBits = leading - precision - 1
  const dropped = spareBits > 1 ? (2n ** BigInt(spareBits)).toString().length - 1 : 0
  const unit = 10n ** BigInt(dropped)
  const kept = whole / unit + (dropped > 0 && whole % unit >= unit / 2n ? 1n : 0n)
  const text = kept.toString()
  return { digits: text.replace(/0+$/, ''), exponent: text.length - 1 + dropped }
}

/**
 * Digits one by one until what is left lies within half a unit of the last place; `used` (`usedBits` bits long) × 2^n is the
 * number. Where Java's arithmetic fits 32 or 64 bits its sums can wrap, and its upper bound is exclusive; beyond, inclusive.
 */
function steeleWhiteDigits(
  used: bigint,
  leading: number,
  usedBits: number,
  fractionBits: number,
  precision: number,
): Decimal {
  let exponent = estimatedExponent(used, leading, usedBits)
  const fives = { value: Math.max(0, -exponent), scale: Math.max(0, exponent) }
  const twos = {
    value: fives.value + fractionBits + leading - usedBits + 1,
    scale: fives.scale + fractionBits,
    margin: fives.value + fractionBits + leading - precision,
  }
  const common = Math.min(twos.value, twos.scale)
  for (const name of ['value', 'scale', 'margin'] as const) twos[name] -= common
  if (usedBits === 1) twos.margin -= 1 // the number below a power of two is only half as far away
  if (twos.margin < 0) {
    twos.value -= twos.margin
    twos.scale -= twos.margin
    twos.margin = 0
  }
  const valueBits = usedBits + twos.value + bitsOfPowerOfFive(fives.value)
  const tensBits = twos.scale + 1 + bitsOfPowerOfFive(fives.scale + 1)
  const wordBits = [32, 64].find((bits) => valueBits < bits && tensBits < bits)
  const source = new DigitSource({
    rest: (used * 5n ** BigInt(fives.value)) << BigInt(twos.value),
    margin: (5n ** BigInt(fives.value)) << BigInt(twos.margin),
    scale: (5n ** BigInt(fives.scale)) << BigInt(twos.scale),
    wordBits,
  })
  const digits: bigint[] = []
  const first = source.next()
  if (first === 0n && !source.high) exponent -= 1
  else digits.push(first)
  let isDone = exponent >= -3 && exponent < 8 && source.isClose() // scientific notation has two digits at least
  while (!isDone) {
    digits.push(source.next())
    isDone = source.isClose()
  }
  return rounded(digits, exponent, source.roundsUp(digits.at(-1) ?? 0n))
}

/** Long division, with what is left and half a unit of the last place beside it. */
class DigitSource {
  #rest: bigint
  #margin: bigint
  readonly #scale: bigint
  readonly #wordBits: number | undefined
  #low = false
  #high = false

  constructor(start: { rest: bigint; margin: bigint; scale: bigint; wordBits: number | undefined }) {
    this.#rest = start.rest
    this.#margin = start.margin
    this.#scale = start.scale
    this.#wordBits = start.wordBits
  }

  get high(): boolean {
    return this.#high
  }

  next(): bigint {
    const digit = this.#rest / this.#scale
    const tens = this.#scale * 10n
    this.#rest = (this.#rest % this.#scale) * 10n
    this.#margin = this.#wrapped(this.#margin * 10n)
    const hasOverflown = this.#margin <= 0n
    const upper = this.#wrapped(this.#rest + this.#margin)
    this.#low = hasOverflown || this.#rest < this.#margin
    this.#high = hasOverflown || (this.#wordBits === undefined ? upper >= tens : upper > tens)
    return digit
  }

  /** Whether the digits so far tell this double from its neighbours. */
  isClose(): boolean {
    return this.#low || this.#high
  }

  roundsUp(lastDigit: bigint): boolean {
    const aboveHalf = this.#wrapped(this.#rest * 2n - this.#scale * 10n)
    return this.#high && (!this.#low || aboveHalf > 0n || (aboveHalf === 0n && lastDigit % 2n === 1n))
  }

  #wrapped(sum: bigint): bigint {
    return this.#wordBits === undefined ? sum : BigInt.asIntN(this.#wordBits, sum)
  }
}

function rounded(digits: readonly bigint[], exponent: number, roundsUp: boolean): Decimal {
  const text = (BigInt(digits.join('')) + (roundsUp ? 1n : 0n)).toString()
  const carried = text.length - digits.length
  return { digits: text.replace(/0+$/, ''), exponent: exponent + carried }
}

/** log10 of the number by a tangent at 1.5; it is right or one too large, which the first digit (then 0) shows. */
function estimatedExponent(used: bigint, leading: number, usedBits: number): number {
  const mantissa = Number(used) / 2 ** (usedBits - 1)
  return Math.floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + leading * 0.301029995663981)
}

/** Java looks the length up for the powers that fit a long, and takes three bits a power above. */
const bitsOfPowerOfFive = (power: number): number => (power < 27 ? (5n ** BigInt(power)).toString(2).length : power * 3)
