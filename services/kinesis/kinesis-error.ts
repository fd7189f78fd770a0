/** Names of the errors in the AWS service model of Kinesis that this service answers with, plus the protocol's own. */
export type KinesisErrorName =
  | 'ResourceNotFoundException'
  | 'ResourceInUseException'
  | 'InvalidArgumentException'
  | 'LimitExceededException'
  | 'ExpiredIteratorException'
  | 'ExpiredNextTokenException'
  | 'ProvisionedThroughputExceededException'
  | 'ValidationException'
  | 'SerializationException'
  | 'UnknownOperationException'
  | 'AccessDeniedException'
  | 'MissingAuthenticationTokenException'
  | 'IncompleteSignatureException'
  | 'InvalidSignatureException'
  | 'UnrecognizedClientException'
  | 'InternalFailure'
  | 'ServiceUnavailable'
  | 'RequestEntityTooLarge'

/** A refusal, in AWS's words. */
export class KinesisError extends Error {
  override readonly name: KinesisErrorName
  constructor(name: KinesisErrorName, message: string) {
    super(message)
    this.name = name
  }
}
