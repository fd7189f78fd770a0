import { topicNames } from '../contract/index.ts'
import { awaitLanded } from '../analytics/verify/landing.ts'
import { type RunningLab } from './context.ts'
import { throttled } from './output.ts'

/** How long the sink may take to catch up with what was posted: 1,500 one-record objects take a few seconds. */
const landingTimeoutMs = 180_000

/** Waits until every record of the three topics is an object in S3 (or the open tail of a file not yet full). */
export async function landed(
  { profile }: Pick<RunningLab, 'profile'>,
  signal: AbortSignal,
  say: (text: string) => void = () => undefined,
): Promise<Awaited<ReturnType<typeof awaitLanded>>> {
  const sayNow = throttled(say, 1_000)
  return awaitLanded({
    kafka: { brokers: profile.kafka.brokers },
    topics: topicNames(profile.userId),
    groupId: `connect-${profile.s3Sink.connectorName}`,
    flushSizeRecords: profile.s3Sink.flushSizeRecords,
    timeoutMs: landingTimeoutMs,
    signal,
    onProgress: ({ lagRecords }) => {
      sayNow(`waiting for the sink: ${String(lagRecords)} records to go`)
    },
  })
}
