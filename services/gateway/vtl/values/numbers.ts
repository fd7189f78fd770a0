import type { ArithmeticOperator } from '../syntax/nodes.ts'
import { Decimal, EvaluationError, type Nullable } from './value.ts'

/** Java grows whole numbers without end; here a template that squares in a loop must not take the gateway's memory. */
const maxIntegerBits = 4_096n

export type Numeric = bigint | number

/** The number a value is, for arithmetic and comparison; undefined when it is none. */
export function numeric(value: Nullable): Numeric | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value
  return value instanceof Decimal ? Number(value.digits) : undefined
}

/** Whole and broken numbers compare by their value. */
export const isSameNumber = (left: Numeric, right: Numeric): boolean => left <= right && left >= right

/** As Velocity's MathUtils: whole numbers stay whole, a division by zero is null. */
export function arithmetic(operator: ArithmeticOperator, left: Numeric, right: Numeric): Numeric | null {
  if (typeof left === 'bigint' && typeof right === 'bigint') return whole(operator, left, right)
  const a = Number(left)
  const b = Number(right)
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return b === 0 ? null : a / b
    case '%':
      return b === 0 ? null : a % b
  }
}

function whole(operator: ArithmeticOperator, left: bigint, right: bigint): bigint | null {
  let result: bigint
  switch (operator) {
    case '+':
      result = left + right
      break
    case '-':
      result = left - right
      break
    case '*':
      result = left * right
      break
    case '/':
      return right === 0n ? null : left / right
    case '%':
      return right === 0n ? null : left % right
  }
  if (BigInt.asIntN(Number(maxIntegerBits), result) !== result)
    throw new EvaluationError(`a number has more than ${String(maxIntegerBits)} bits`)
  return result
}

/** As Java's Double.toString: 1.0, 0.001, 1.0E7, 1.5E-4. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const size = Math.abs(value)
  if (size >= 1e-3 && size < 1e7) {
    const text = String(value)
    return text.includes('.') ? text : `${text}.0`
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`
}
