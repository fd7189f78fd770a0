import type { ArithmeticOperator, Expression, RelationalOperator } from '../syntax/nodes.ts'
import { looselyEqual } from '../values/equality.ts'
import { arithmetic, numeric, type Numeric } from '../values/numbers.ts'
import { textOf } from '../values/text.ts'
import { EvaluationError, VtlList, VtlMap, type Nullable } from '../values/value.ts'
import { put } from '../methods/collection-methods.ts'
import { bounded } from './bounds.ts'
import type { Rendering } from './rendering.ts'

/** Java would make the list of a range whole; a foreach ends after 1,000 passes, so a longer one is a slip. */
const maxRange = 100_000

export function evaluate(expression: Expression, rendering: Rendering): Nullable {
  switch (expression.kind) {
    case 'value':
      return rendering.valueOf(expression)
    case 'constant':
      return expression.value
    case 'interpolation':
      return rendering.textOf(expression.block)
    case 'list':
      return new VtlList(expression.items.map((item) => evaluate(item, rendering)))
    case 'map': {
      const map = new VtlMap()
      for (const [key, value] of expression.entries) put(map, evaluate(key, rendering), evaluate(value, rendering))
      return map
    }
    case 'range':
      return range(evaluate(expression.from, rendering), evaluate(expression.to, rendering))
    case 'not':
      return !isTrue(expression.operand, rendering)
    case 'binary':
      return binary(expression, rendering)
  }
}

/** Whether a condition holds: as in Velocity 1.7 a reference does unless it is false, a literal that is no boolean never does. */
export function isTrue(expression: Expression, rendering: Rendering): boolean {
  const value = evaluate(expression, rendering)
  if (expression.kind === 'value') return value !== null && value !== false
  return value === true
}

function binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>, rendering: Rendering): Nullable {
  if (operator === '||') return isTrue(left, rendering) || isTrue(right, rendering)
  if (operator === '&&') return isTrue(left, rendering) && isTrue(right, rendering)
  const a = evaluate(left, rendering)
  const b = evaluate(right, rendering)
  switch (operator) {
    case '==':
      return looselyEqual(a, b)
    case '!=':
      return !looselyEqual(a, b)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compares(operator, numeric(a), numeric(b))
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return calculates(operator, a, b)
  }
}

/** A comparison of what is no number is false. */
function compares(operator: RelationalOperator, left: Numeric | undefined, right: Numeric | undefined): boolean {
  if (left === undefined || right === undefined) return false
  switch (operator) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}

/** Plus joins strings; a calculation with what is no number is null. */
function calculates(operator: ArithmeticOperator, left: Nullable, right: Nullable): Nullable {
  if (operator === '+' && (typeof left === 'string' || typeof right === 'string'))
    return bounded(textOf(left) + textOf(right))
  const a = numeric(left)
  const b = numeric(right)
  return a === undefined || b === undefined ? null : arithmetic(operator, a, b)
}

function range(from: Nullable, to: Nullable): Nullable {
  const first = numeric(from)
  const last = numeric(to)
  if (first === undefined || last === undefined) return null
  const start = Math.trunc(Number(first))
  const end = Math.trunc(Number(last))
  const length = Math.abs(end - start) + 1
  if (!(length <= maxRange)) throw new EvaluationError(`a range has more than ${String(maxRange)} numbers`)
  const step = start >= end ? -1 : 1
  return new VtlList(Array.from({ length }, (_, index) => BigInt(start + index * step)))
}
