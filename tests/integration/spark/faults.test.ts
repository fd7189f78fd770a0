import { readdir, readFile, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CreateBucketCommand, s3Client } from '../../../clients/s3.ts'
import { DeleteStreamCommand, kinesisClient, type KinesisClient } from '../../../clients/kinesis.ts'
import { entityNames, streamName } from '../../../contract/index.ts'
import { startKinesis, startS3, type TestKinesis, type TestS3 } from '../../support/services.ts'
import {
  bucket,
  createStreams,
  eventually,
  expectExactlyOnce,
  put,
  putRows,
  range,
  readTable,
  StreamJob,
  userId,
} from './harness.ts'

let kinesisServer: TestKinesis
let s3: TestS3
let kinesis: KinesisClient
let job: StreamJob
const testTimeout = 900_000 // whatever else this machine does

beforeAll(async () => {
  kinesisServer = await startKinesis({ port: 21_455, enforceShardLimits: true })
  s3 = await startS3({ port: 21_456 })
  await s3Client(s3).send(new CreateBucketCommand({ Bucket: bucket }))
  kinesis = kinesisClient(kinesisServer)
  await createStreams(kinesis)
  job = await StreamJob.create({ kinesis: kinesisServer, s3, statusPort: 21_457 }, { maxRecordsPerBatch: 200 })
}, 60_000)

afterAll(async () => {
  await job[Symbol.asyncDispose]()
  kinesis.destroy()
  await Promise.all([kinesisServer[Symbol.asyncDispose](), s3[Symbol.asyncDispose]()])
}, 60_000)

/** Numbers of the newest files of a folder of the checkpoint. */
async function newest(entity: (typeof entityNames)[number], folder: 'commits' | 'offsets'): Promise<number> {
  const names = await readdir(join(job.checkpoint(entity), folder))
  return Math.max(-1, ...names.filter((name) => /^\d+$/.test(name)).map(Number))
}

const untilBatch = async (batch: number): Promise<void> => {
  await eventually(async () => {
    await job.restartIfEnded()
    for (const entity of entityNames)
      expect(await newest(entity, 'commits'), job.log.slice(-4_000)).toBeGreaterThanOrEqual(batch)
  }, 200_000)
}

/** Until Spark has planned a batch and not yet committed it, and a moment longer: before, in or after the writes to Delta. */
async function untilMidBatch(): Promise<void> {
  await eventually(async () => {
    expect(await newest('pin', 'offsets')).toBeGreaterThan(await newest('pin', 'commits'))
  }, 200_000)
  await sleep(Math.random() * 1_500)
}

test(
  'every record once, though Python, the JVM and Kinesis are killed in the middle of batches and a commit is lost',
  { timeout: testTimeout },
  async () => {
    const over = new AbortController()
    const producer = (async () => {
      for (let from = 0; !over.signal.aborted; from += 10) {
        await putRows(kinesis, range(from, from + 10))
        await put(kinesis, 'pin', ['hello'])
        await sleep(500)
      }
    })()
    try {
      await job.start()
      await untilBatch(1)
      for (const victim of ['python', 'jvm'] as const) {
        await untilMidBatch()
        await job.kill(victim)
        // as if it had died between Delta's commit and Spark's
        for (const entity of entityNames) {
          const last = String(await newest(entity, 'commits'))
          for (const name of [last, `.${last}.crc`])
            await rm(join(job.checkpoint(entity), 'commits', name), { force: true })
        }
        await job.start()
        await untilBatch((await newest('pin', 'commits')) + 1)
      }
      await kinesisServer.restart()
      await untilBatch((await newest('pin', 'commits')) + 2)
    } finally {
      over.abort()
      await producer
    }
    await expectExactlyOnce(kinesis, s3, 200_000)
    const { rows } = await readTable(s3, 'quarantine', 'pin')
    expect(rows.length).toBeGreaterThan(5)
  },
)

test(
  'a damaged checkpoint is named; a reset reads all again and adds nothing twice',
  { timeout: testTimeout },
  async () => {
    const [before] = await job.queries()
    expect(await job.stop()).toBe(0)
    const damaged = join(job.checkpoint('pin'), 'offsets', String(await newest('pin', 'offsets')))
    await truncate(damaged, Math.floor((await readFile(damaged)).length / 2))
    await rm(join(damaged, '..', `.${String(await newest('pin', 'offsets'))}.crc`), { force: true })
    await putRows(kinesis, range(5_000, 5_050))
    job.log = ''
    await job.spawn()
    expect(await job.exited()).toBe(1)
    expect(job.log).toContain(`checkpoint file file://${damaged} is damaged`)
    expect(job.log).toContain(`run \`lab stream reset ${streamName(userId, 'pin')}\``)

    await rm(job.checkpoint('pin'), { recursive: true })
    await job.start()
    await expectExactlyOnce(kinesis, s3, 200_000)
    const [after] = await job.queries()
    expect(after?.appId).not.toBe(before?.appId)
  },
)

test('a stream deleted while it is read ends the job with its name', { timeout: testTimeout }, async () => {
  job.log = ''
  await kinesis.send(new DeleteStreamCommand({ StreamName: streamName(userId, 'geo') }))
  expect(await job.exited()).toBe(1)
  expect(job.log).toContain(`stream ${streamName(userId, 'geo')} is not there: it was deleted`)
})
