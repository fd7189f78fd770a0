import { randomBytes, randomUUID } from 'node:crypto'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export interface RequestId {
  /** Answered in x-amzn-RequestId. */
  readonly id: string
  /** As `$context.requestId` shows it. */
  readonly logged: string
}

/** A client's own UUID in x-amzn-RequestId is kept; of anything else the log says so (Access logging for REST APIs). */
export function requestIdOf(requested: string | undefined): RequestId {
  if (requested !== undefined && uuid.test(requested)) return { id: requested, logged: requested }
  const id = randomUUID()
  return { id, logged: requested === undefined ? id : `${id}_REPLACED_INVALID_REQUEST_ID` }
}

/** Ids of x-amz-apigw-id, 16 characters like `OkTz-Fm25PgFdlg=`: random by process, counted within it. */
export function extendedRequestIds(): () => string {
  const prefix = randomBytes(6).toString('base64url')
  let count = 0
  return () => {
    count += 1
    return `${prefix}${count.toString(36).padStart(7, '0')}=`
  }
}

/** `Root=1-<8 hex digits of time>-<24 hex digits>` (X-Ray tracing header). */
export function traceIdOf(requestId: string, nowMs: number): string {
  const digits = requestId.slice(0, 8) + requestId.slice(9, 13) + requestId.slice(24, 36)
  return `Root=1-${Math.floor(nowMs / 1_000).toString(16)}-${digits}`
}
