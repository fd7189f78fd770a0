import { gatewayLimits } from '../../../../contract/limits.ts'
import { EvaluationError, type Nullable } from '../values/value.ts'

/** What is rendered is a payload, so nothing on the way to it need be larger; in UTF-16 units. */
export const maxTextLength: number = gatewayLimits.maxPayloadBytes

/** A template that doubles a string in a loop must not take the gateway's memory. @throws EvaluationError */
export function bounded<Result extends Nullable | undefined>(value: Result): Result {
  if (typeof value === 'string' && value.length > maxTextLength)
    throw new EvaluationError(`a string would have more than ${String(maxTextLength)} characters`)
  return value
}
