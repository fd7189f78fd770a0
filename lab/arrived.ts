import { type RunningLab } from './context.ts'
import { landed } from './landed.ts'
import { type Stages } from './output.ts'
import { streamed } from './streamed.ts'

/** Waits until what was posted has come to the end of each path of the lab. */
export async function arrived(lab: RunningLab, stages: Stages, signal: AbortSignal): Promise<void> {
  const { paths } = lab.profile
  if (paths.includes('batch')) await stages.run('land: Kafka → S3', async (say) => landed(lab, signal, say))
  if (paths.includes('stream'))
    await stages.run('stream: Kinesis → Spark → Delta', async (say) => streamed(lab, signal, say))
}
