import { awaitStreamed } from '../analytics/verify/stream/awaiting.ts'
import { streamNames } from '../contract/index.ts'
import { kinesisOptionsOf, requireServices, s3OptionsOf, type RunningLab } from './context.ts'
import { nativeEngine } from './engines/native/engine.ts'
import { throttled } from './output.ts'

/** A killed stream job is back after some 15 s; on a busy machine it, and its first batch, take a minute each. */
const standstillTimeoutMs = 240_000

/** Waits until every record of the three streams is in a Delta table. */
export async function streamed(
  lab: RunningLab,
  signal: AbortSignal,
  say: (text: string) => void = () => undefined,
): Promise<void> {
  await requireServices(lab, ['kinesis', 's3'])
  const sayNow = throttled(say, 1_000)
  await awaitStreamed({
    kinesis: kinesisOptionsOf(lab),
    streams: streamNames(lab.profile.userId),
    checkpointsUri: lab.home.checkpointsUri,
    s3: s3OptionsOf(lab),
    whyEnded: async () => whyEnded(lab),
    signal,
    timeoutMs: standstillTimeoutMs,
    onProgress: ({ recordsToGo }) => {
      sayNow(`waiting for the stream job: ${String(recordsToGo)} records to go`)
    },
  })
}

/** A job that crashed is started again by its supervisor, a few times. */
async function whyEnded({ home }: RunningLab): Promise<string | undefined> {
  const job = (await nativeEngine.status(home)).find(({ name }) => name === 'spark-stream')
  if (job?.state === 'stopped') return 'it was stopped'
  return job?.state === 'failed' ? 'it crashed each time it was started' : undefined
}
