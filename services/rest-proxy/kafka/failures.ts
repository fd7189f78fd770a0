import { KafkaJSError, KafkaJSProtocolError } from '../../../clients/kafka.ts'
import { Refused } from '../http/refused.ts'
import { ProduceFailure } from '../produce/producer-port.ts'

type ProtocolError = InstanceType<typeof KafkaJSProtocolError>

/** Error the broker named, under whatever the client library wrapped around it. */
function protocolError(error: unknown): ProtocolError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof KafkaJSProtocolError) return at
  }
  return undefined
}

export const isUnknownTopic = (error: unknown): boolean =>
  protocolError(error)?.type === 'UNKNOWN_TOPIC_OR_PARTITION' ||
  protocolError(error)?.type === 'INVALID_TOPIC_EXCEPTION'

/** Errors after which what was rejected is known not to be in the log, by their name in the protocol; true: may be tried again. */
const rejections: Readonly<Record<string, boolean>> = {
  MESSAGE_TOO_LARGE: false,
  RECORD_LIST_TOO_LARGE: false,
  CORRUPT_MESSAGE: false,
  INVALID_RECORD: false,
  INVALID_TIMESTAMP: false,
  INVALID_TOPIC_EXCEPTION: false,
  TOPIC_AUTHORIZATION_FAILED: false,
  CLUSTER_AUTHORIZATION_FAILED: false,
  POLICY_VIOLATION: false,
  UNKNOWN_TOPIC_OR_PARTITION: true,
}
const tooLarge: readonly string[] = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']

export function produceFailure(error: unknown): ProduceFailure {
  if (error instanceof ProduceFailure) return error
  const named = protocolError(error)
  const isRetriable = named === undefined ? undefined : rejections[named.type]
  if (named === undefined || isRetriable === undefined) {
    const message = named?.message ?? (error instanceof Error ? error.message : String(error))
    return new ProduceFailure('unknown', message, { isRetriable: true, cause: error })
  }
  return new ProduceFailure('rejected', named.message, {
    isRetriable,
    isTooLarge: tooLarge.includes(named.type),
    cause: error,
  })
}

/** What a client is told of an error from below; `internal` for one that is not the broker's. */
export function refusalOf(error: unknown): Refused {
  if (error instanceof Refused) return error
  const named = protocolError(error)
  if (named !== undefined) {
    return new Refused(named.retriable ? 'kafkaRetriable' : 'kafka', named.message, { cause: error })
  }
  if (error instanceof KafkaJSError) return new Refused('brokerUnavailable', error.message, { cause: error })
  return new Refused('internal', '', { cause: error })
}
