/** A Java exception as Connect would report it: a name, a message, and what caused it. */
export interface JavaException {
  readonly className: string
  readonly message: string
  readonly cause?: JavaException
}

/** Why a record cannot be written, in the terms of Connect's error reporting. */
export interface RecordError {
  readonly stage: 'KEY_CONVERTER' | 'VALUE_CONVERTER' | 'TASK_PUT'
  /** Class that was at work. */
  readonly workingClass: string
  readonly exception: JavaException
}

const dataException = 'org.apache.kafka.connect.errors.DataException'

export const notJsonError = (stage: 'KEY_CONVERTER' | 'VALUE_CONVERTER', why: string): RecordError => ({
  stage,
  workingClass: 'org.apache.kafka.connect.json.JsonConverter',
  exception: {
    className: dataException,
    message: 'Converting byte[] to Kafka Connect data failed due to serialization error: ',
    cause: {
      className: 'org.apache.kafka.common.errors.SerializationException',
      message: `com.fasterxml.jackson.core.JsonParseException: ${why}`,
    },
  },
})

export const skippedNullError: RecordError = {
  stage: 'TASK_PUT',
  workingClass: 'org.apache.kafka.connect.sink.SinkTask',
  exception: { className: dataException, message: 'Skipping null value record.' },
}

/** A task's end: what its status shows as `trace`. */
export class TaskFailure extends Error {
  readonly exception: JavaException

  constructor(exception: JavaException) {
    super(exception.message)
    this.name = 'TaskFailure'
    this.exception = exception
  }
}

const connectException = 'org.apache.kafka.connect.errors.ConnectException'

export const toleranceExceeded = (error: RecordError, where: string): TaskFailure =>
  new TaskFailure({
    className: connectException,
    message: `Tolerance exceeded in error handler (${where})`,
    cause: error.exception,
  })

export const nullNotWritable = (where: string): TaskFailure =>
  new TaskFailure({
    className: connectException,
    message: `Null valued records are not writeable with current behavior.on.null.values 'settings. (${where})`,
  })

export function unusableBucket(bucket: string, status: number | undefined): TaskFailure {
  const why: Readonly<Record<number, string>> = {
    301: `S3 bucket ${bucket} is in another region than s3.region says`,
    403: `Access to S3 bucket ${bucket} is denied`,
    404: `Non-existent S3 bucket: ${bucket}`,
  }
  const message = why[status ?? 0] ?? `S3 bucket ${bucket} cannot be used (Status Code: ${String(status)})`
  return new TaskFailure({ className: connectException, message })
}

/** The lines of a Java stack trace without the frames, which would be another program's. */
export function traceOf(error: unknown): string {
  if (error instanceof TaskFailure) return javaTrace(error.exception)
  if (!(error instanceof Error)) return `${connectException}: ${String(error)}`
  const cause = error.cause instanceof Error ? `\nCaused by: ${error.cause.name}: ${error.cause.message}` : ''
  return `${connectException}: ${error.name}: ${error.message}${cause}`
}

export function javaTrace({ className, message, cause }: JavaException): string {
  return `${className}: ${message}${cause ? `\nCaused by: ${javaTrace(cause)}` : ''}`
}
