import { setTimeout as sleep } from 'node:timers/promises'
import { CreateBucketCommand, s3Client } from '../../clients/s3.ts'
import { kinesisClient } from '../../clients/kinesis.ts'
import { entityNames } from '../../contract/index.ts'
import {
  bucket,
  countClean,
  createStreams,
  putRows,
  range,
  recordsOf,
  StreamJob,
} from '../integration/spark/harness.ts'
import { startKinesis, startS3 } from '../support/services.ts'
import { median, type BenchResult } from './result.ts'

export const name = 'spark-stream'

const ports = { kinesis: 21_500, s3: 21_501, status: 21_502 }
/** Of the three streams together. */
const backlog = 20_001
const postsPerSecond = 100
const steadyMs = Number(process.env['BENCH_STEADY_S'] ?? 60) * 1_000

/** The stream job over the lab's own Kinesis and S3: a backlog while it is warm, then posts at a steady rate. */
export async function run(): Promise<BenchResult[]> {
  await using kinesisServer = await startKinesis({ port: ports.kinesis, enforceShardLimits: true })
  await using s3 = await startS3({ port: ports.s3 })
  await s3Client(s3).send(new CreateBucketCommand({ Bucket: bucket }))
  const kinesis = kinesisClient(kinesisServer)
  await createStreams(kinesis, 3)
  await using job = await StreamJob.create({ kinesis: kinesisServer, s3, statusPort: ports.status })
  await job.start()
  let rows = 0
  const untilRows = async (): Promise<void> => {
    while ((await countClean(s3)) < rows) await sleep(200)
  }
  for (let warm = 0; warm < 5; warm += 1) {
    await putRows(kinesis, range(0, 500))
    rows += 1_500
    await untilRows()
  }

  await job.signal('SIGSTOP')
  await putRows(kinesis, range(0, backlog / entityNames.length))
  rows += backlog
  const drainStarted = performance.now()
  await job.signal('SIGCONT')
  await untilRows()
  const drained = backlog / ((performance.now() - drainStarted) / 1_000)
  const bareStarted = performance.now()
  let fetched = 0
  for (const entity of entityNames) fetched += (await recordsOf(kinesis, entity)).length
  const bare = fetched / ((performance.now() - bareStarted) / 1_000)

  const behindMs: number[] = []
  const seen = new Set<string>()
  const end = performance.now() + steadyMs
  for (let posts = 0; performance.now() < end; posts += postsPerSecond) {
    const second = performance.now() + 1_000
    await putRows(kinesis, range(posts, posts + postsPerSecond))
    for (const { stream, batchId, behindMs: behind } of await job.queries()) {
      const batch = `${stream} ${String(batchId)}`
      if (!seen.has(batch)) behindMs.push(behind)
      seen.add(batch)
    }
    await sleep(Math.max(0, second - performance.now()))
  }
  const third = Math.floor(behindMs.length / 3)
  const memoryMiB = await job.memoryMiB()
  kinesis.destroy()
  return [
    { name: 'bare GetRecords calls', value: bare, unit: 'records/s' },
    { name: 'stream job, backlog of 20,000', value: drained, unit: 'records/s', limit: { atLeast: 2_000 } },
    { name: 'stream job, of the bare calls', value: drained / bare, unit: '×' },
    {
      name: 'arrival to Delta at 100 posts/s, median',
      value: median(behindMs) / 1_000,
      unit: 's',
      limit: { atMost: 10 },
    },
    {
      name: 'arrival to Delta, last third of the first',
      value: median(behindMs.slice(-third)) / median(behindMs.slice(0, third)),
      unit: '×',
    },
    { name: 'memory of the stream job', value: memoryMiB, unit: 'MiB', limit: { atMost: 1.3 * 1_024 } },
  ]
}
