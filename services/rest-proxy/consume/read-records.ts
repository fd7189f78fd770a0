import { type Loan } from '../http/budget.ts'
import { type PlainFormat } from '../http/media-types.ts'
import { Refused } from '../http/refused.ts'
import { recordJson } from './consumer-answer.ts'
import { type FetchedRecord, type RecordBuffer, recordSize } from './record-buffer.ts'

export interface ReadLimits {
  /** ms of the epoch. */
  readonly deadline: number
  readonly maxBytes: number
  /** Bytes after which the read ends early; undefined: it lasts its whole time. */
  readonly minBytes: number | undefined
}

/**
 * Records as JSON texts in the order of the buffer: until the deadline, `maxBytes` would be reached, the loan does not grow, or more
 * than `minBytes` are there. `onTaken` hears of each record as it leaves the buffer. A record that is not JSON ends the read
 * before it, and refuses the next one.
 *
 * @throws Refused serialization
 */
export async function readRecords(
  buffer: RecordBuffer,
  format: PlainFormat,
  limits: ReadLimits,
  loan: Loan,
  onTaken: (record: FetchedRecord) => void,
): Promise<string[]> {
  const answer: string[] = []
  const read = { bytes: 0, isOver: false }
  const takes = (record: FetchedRecord): boolean => {
    const size = recordSize(record)
    const json = recordJson(record, format)
    read.isOver = read.bytes + size >= limits.maxBytes || json === undefined || !loan.grow(size)
    if (json === undefined && answer.length === 0) throw new Refused('serialization', `${nameOf(record)} is not JSON`)
    if (read.isOver || json === undefined) return false
    answer.push(json)
    read.bytes += size
    return true
  }
  for (;;) {
    const changed = buffer.changed
    for (const record of buffer.takeWhile(takes)) onTaken(record)
    const isEnough = limits.minBytes !== undefined && read.bytes > limits.minBytes
    const leftMs = limits.deadline - Date.now()
    if (read.isOver || isEnough || leftMs <= 0) return answer
    await either(changed, leftMs)
  }
}

const nameOf = ({ topic, partition, offset }: FetchedRecord): string =>
  `offset ${String(offset)} of partition ${String(partition)} of ${topic}`

/** Resolves with `promise`, or after `timeoutMs`. */
async function either(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
  const timeout = Promise.withResolvers<unknown>()
  const timer = setTimeout(timeout.resolve, timeoutMs)
  await Promise.race([promise, timeout.promise])
  clearTimeout(timer)
}
