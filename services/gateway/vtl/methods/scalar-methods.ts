import { numeric } from '../values/numbers.ts'
import { type Decimal, EvaluationError, type Nullable } from '../values/value.ts'
import { methods, plain, withAny, withText } from './method.ts'

type Num = bigint | number | Decimal

const toWhole = (value: Num): bigint => {
  const number = numeric(value) ?? 0n
  if (typeof number === 'bigint') return number
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : 0n
}

function parseWhole(text: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw new EvaluationError(`${JSON.stringify(text)} is not a whole number`)
  return BigInt(text.replace('+', ''))
}

function parseDouble(text: string): number {
  const number = Number(text)
  if (text.trim() === '' || Number.isNaN(number)) throw new EvaluationError(`${JSON.stringify(text)} is not a number`)
  return number
}

/** Methods of Java's numbers, the static ones that templates borrow from a number at hand included: `$one.parseInt("5")`. */
export const numberMethods = methods<Num>({
  compareTo: withAny((self, other) => {
    const left = numeric(self)
    const right = numeric(other)
    if (left === undefined || right === undefined) throw new EvaluationError('compareTo needs a number')
    return left < right ? -1n : left > right ? 1n : 0n
  }),
  doubleValue: plain((self) => Number(numeric(self))),
  intValue: plain((self) => BigInt.asIntN(32, toWhole(self))),
  longValue: plain((self) => BigInt.asIntN(64, toWhole(self))),
  parseDouble: withText((_self, text) => parseDouble(text)),
  parseInt: withText((_self, text) => parseWhole(text)),
  parseLong: withText((_self, text) => parseWhole(text)),
  valueOf: withText((self, text) => (typeof self === 'number' ? parseDouble(text) : parseWhole(text))),
})

export const booleanMethods = methods<boolean>({
  booleanValue: plain((self) => self),
  parseBoolean: withText((_self, text): Nullable => text.toLowerCase() === 'true'),
})
