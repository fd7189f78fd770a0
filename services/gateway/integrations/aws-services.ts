import { kinesisBlame } from './kinesis-blame.ts'
import { isSurelyWithinLimits } from './kinesis-bounds.ts'
import { kinesisLimitError } from './kinesis-limits.ts'
import type { Rendered } from '../vtl/template.ts'

export interface AwsService {
  /** Before the action in X-Amz-Target. */
  readonly targetPrefix: string
  /** The error AWS answers, as the body of a 400, when the request is over a limit of the service. */
  readonly limitError: (action: string, request: unknown) => string | undefined
  /** Whether a request's body shows without being parsed that `limitError` finds nothing; false says nothing. */
  readonly isSurelyWithinLimits: (body: Buffer) => boolean
  /** Which line of the template made the part that the service refuses, and why; undefined when it is not the template's. */
  readonly blame: (action: string, rendered: Rendered, template: string) => string | undefined
}

/** Services that integrations can call, by their name in the uri. */
export const awsServices: ReadonlyMap<string, AwsService> = new Map([
  [
    'kinesis',
    { targetPrefix: 'Kinesis_20131202', limitError: kinesisLimitError, isSurelyWithinLimits, blame: kinesisBlame },
  ],
])
