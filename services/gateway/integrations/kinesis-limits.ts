import { kinesisLimits } from '../../../contract/limits.ts'

type Members = Readonly<Record<string, unknown>>

/** Of a stream's name: the service model; pattern as AWS's answers write it. */
const streamName = { pattern: /^[a-zA-Z0-9_.-]+$/, source: '[a-zA-Z0-9_.-]+', maxLength: 128 }
/** AWS stops looking after so many. */
const maxErrors = 10

/**
 * Limits of Kinesis that hold at the gateway whether or not the service behind enforces them; the answers are AWS's. What is
 * missing or of the wrong type is left to the service.
 *
 * @param request the rendered body, parsed.
 * @returns the body of the 400.
 */
export function kinesisLimitError(action: string, request: unknown): string | undefined {
  if (!isMembers(request)) return undefined
  const records = recordsOf(action, request)
  const broken: string[] = []
  if (action === 'PutRecords') checkLength('Value', 'records', records.length, 1, kinesisLimits.maxRecords, broken)
  for (const { place, partitionKey, dataBytes } of records) {
    if (broken.length >= maxErrors) break
    if (partitionKey !== undefined) {
      const { maxPartitionKeyLength } = kinesisLimits
      const shown = `Value '${partitionKey}'`
      checkLength(shown, `${place}partitionKey`, partitionKey.length, 1, maxPartitionKeyLength, broken)
    }
    checkLength('Value', `${place}data`, dataBytes, 0, kinesisLimits.maxRecordBytes, broken)
  }
  checkStreamName(request['StreamName'], broken)
  return broken.length > 0 ? validationError(broken) : sizeError(records)
}

interface RecordSize {
  /** Before the name of a member in a message. */
  readonly place: string
  readonly partitionKey: string | undefined
  readonly dataBytes: number
}

function recordsOf(action: string, request: Members): RecordSize[] {
  if (action === 'PutRecord') return [recordSize(request, '')]
  const { Records } = request
  if (action !== 'PutRecords' || !Array.isArray(Records)) return []
  return Records.map((record: unknown, index) => recordSize(record, `records.${String(index + 1)}.member.`))
}

function recordSize(record: unknown, place: string): RecordSize {
  const { PartitionKey, Data } = isMembers(record) ? record : {}
  return {
    place,
    partitionKey: typeof PartitionKey === 'string' ? PartitionKey : undefined,
    dataBytes: typeof Data === 'string' ? bytesOf(Data) : 0,
  }
}

/** Bytes that a base64 text stands for. */
function bytesOf(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return Math.max(0, Math.floor(base64.length / 4) * 3 - padding)
}

function checkStreamName(name: unknown, broken: string[]): void {
  if (typeof name !== 'string') return
  const shown = `Value '${name}'`
  if (!streamName.pattern.test(name)) {
    broken.push(sentence(shown, 'streamName', `satisfy regular expression pattern: ${streamName.source}`))
  }
  checkLength(shown, 'streamName', name.length, 1, streamName.maxLength, broken)
}

function checkLength(shown: string, place: string, length: number, min: number, max: number, broken: string[]): void {
  if (length < min) broken.push(sentence(shown, place, `have length greater than or equal to ${String(min)}`))
  if (length > max) broken.push(sentence(shown, place, `have length less than or equal to ${String(max)}`))
}

const sentence = (shown: string, place: string, constraint: string): string =>
  `${shown} at '${place}' failed to satisfy constraint: Member must ${constraint}`

/** Data and partition key share a record's limit. */
function sizeError(records: readonly RecordSize[]): string | undefined {
  const { maxRecordBytes, maxRecordsBytes } = kinesisLimits
  let totalBytes = 0
  for (const { place, partitionKey = '', dataBytes } of records) {
    const bytes = dataBytes + Buffer.byteLength(partitionKey)
    totalBytes += bytes
    if (bytes > maxRecordBytes) {
      const broken: string[] = []
      checkLength('Value', `${place}data`, bytes, 0, maxRecordBytes, broken)
      return validationError(broken)
    }
  }
  return totalBytes > maxRecordsBytes
    ? errorBody('InvalidArgumentException', 'Records size exceeds 10 MB limit')
    : undefined
}

const validationError = (broken: readonly string[]): string =>
  errorBody(
    'ValidationException',
    `${String(broken.length)} validation error${broken.length === 1 ? '' : 's'} detected: ${broken.join('; ')}`,
  )

const errorBody = (type: string, message: string): string => JSON.stringify({ __type: type, message })

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
