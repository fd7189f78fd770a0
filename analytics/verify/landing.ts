import { setTimeout as sleep } from 'node:timers/promises'
import { type Admin } from '../../clients/kafka.ts'
import { LabError } from '../../contract/index.ts'
import { partitionRanges, withAdmin, type PartitionRange } from './kafka-log.ts'

export interface LandingOptions {
  readonly kafka: { readonly brokers: readonly string[] }
  readonly topics: readonly string[]
  /** The sink's consumer group: `connect-<connector name>`. */
  readonly groupId: string
  readonly flushSizeRecords: number
  readonly signal: AbortSignal
  /** How long the sink may stand still before this gives up; as long as it commits, it is waited for. */
  readonly timeoutMs: number
  readonly onProgress?: (progress: { readonly lagRecords: number }) => void
}

export interface Landing {
  readonly endOffsets: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[]
  /** Records at the partitions' ends that do not fill a file yet. */
  readonly openTailRecords: number
}

const pollMs = 150

/**
 * Waits until the sink has committed all that the topics held when this was called, but for an open tail of fewer records than
 * make a file, per partition, that stands still between two polls.
 * @throws LabError LAB_NOT_LANDED when the sink commits nothing for `timeoutMs`
 */
export async function awaitLanded(options: LandingOptions): Promise<Landing> {
  const { kafka, topics, groupId, flushSizeRecords, signal, timeoutMs, onProgress } = options
  return withAdmin(kafka.brokers, async (admin) => {
    const ranges = await partitionRanges(admin, topics)
    let best = Number.POSITIVE_INFINITY
    let previous = Number.NaN
    let movedMs = performance.now()
    for (;;) {
      const lags = await lagsOf(admin, groupId, ranges)
      const lagRecords = lags.reduce((total, { records }) => total + records, 0)
      const isTail = lags.every(({ records }) => records < flushSizeRecords)
      if (lagRecords === 0 || (isTail && lagRecords === previous)) {
        const endOffsets = ranges.map(({ topic, partition, end }) => ({ topic, partition, offset: Number(end) }))
        return { endOffsets, openTailRecords: lagRecords }
      }
      if (lagRecords < best) {
        best = lagRecords
        movedMs = performance.now()
      } else if (performance.now() - movedMs > timeoutMs) throw notLanded(groupId, lags, timeoutMs)
      previous = lagRecords
      onProgress?.({ lagRecords })
      await sleep(pollMs, undefined, { signal })
    }
  })
}

export interface Lag {
  readonly topic: string
  readonly partition: number
  /** What the group has committed; the partition's start when it has committed nothing. */
  readonly committed: bigint
  /** Records of the range that are not committed. */
  readonly records: number
}

export async function lagsOf(admin: Admin, groupId: string, ranges: readonly PartitionRange[]): Promise<Lag[]> {
  const topics = [...new Set(ranges.map(({ topic }) => topic))]
  const answers = topics.length === 0 ? [] : await admin.fetchOffsets({ groupId, topics })
  const committedOffsets = new Map(
    answers.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => [`${topic} ${String(partition)}`, BigInt(offset)] as const),
    ),
  )
  return ranges.map(({ topic, partition, start, end }) => {
    const answered = committedOffsets.get(`${topic} ${String(partition)}`) ?? -1n
    const committed = answered < start ? start : answered
    return { topic, partition, committed, records: committed >= end ? 0 : Number(end - committed) }
  })
}

function notLanded(groupId: string, lags: readonly Lag[], timeoutMs: number): LabError {
  const behind = lags
    .filter(({ records }) => records > 0)
    .map(({ topic, partition, committed, records }) => {
      return `${topic}-${String(partition)} stands at offset ${String(committed)}, ${String(records)} records to go`
    })
  return new LabError('LAB_NOT_LANDED', {
    what: `the S3 sink (group ${groupId}) did not move for ${String(Math.round(timeoutMs / 1000))} s`,
    why: behind.join('; '),
    fix: `see "lab status" and "lab logs s3-sink", and the connector's own status: GET /connectors/${groupId.replace(/^connect-/, '')}/status`,
  })
}
