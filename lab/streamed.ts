import { pathToFileURL } from 'node:url'
import { awaitStreamed } from '../analytics/verify/stream/awaiting.ts'
import { streamNames } from '../contract/index.ts'
import { kinesisOptionsOf, s3OptionsOf, type RunningLab } from './context.ts'
import { graph } from './graph.ts'
import { throttled } from './output.ts'

/** A killed stream job is back after some 15 s; on a busy machine it, and its first batch, take a minute each. */
const standstillTimeoutMs = 240_000

/** Waits until every record of the three streams is in a Delta table. */
export async function streamed(
  lab: RunningLab,
  signal: AbortSignal,
  say: (text: string) => void = () => undefined,
): Promise<void> {
  const sayNow = throttled(say, 1_000)
  await awaitStreamed({
    kinesis: kinesisOptionsOf(lab),
    streams: streamNames(lab.profile.userId),
    checkpointsUri: pathToFileURL(lab.home.checkpoints).href,
    s3: s3OptionsOf(lab),
    statusUrl: graph['spark-stream'].url(lab.profile),
    signal,
    timeoutMs: standstillTimeoutMs,
    onProgress: ({ recordsToGo }) => {
      sayNow(`waiting for the stream job: ${String(recordsToGo)} records to go`)
    },
  })
}
