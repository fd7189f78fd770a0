import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bucketName, entityNames, objectKey, queryIds, topicName } from '../../contract/index.ts'
import { CreateBucketCommand, PutObjectCommand, s3Client } from '../../clients/s3.ts'
import { generateDataset } from '../../seed/dataset.ts'
import { startS3, type TestS3 } from '../support/services.ts'
import { median, type BenchResult } from './result.ts'

export const name = 'analytics'

const userId = 'a1b2c3d4e5f6'
const posts = 1_000_000
const partitions = 3
const recordsPerObject = 1_000
const rounds = 5
const putsInFlight = 8

/** Cleaning and all queries over a million posts, three million records in some 3,000 objects, fetching included. */
export async function run(): Promise<BenchResult[]> {
  await using s3 = await startS3({ port: 22_567 })
  await writeObjects(s3)
  const measured: Measured[] = []
  for (let round = 0; round < rounds; round++) measured.push(await answerOnce(s3))
  if (measured.some(({ rows, answers }) => rows !== posts || answers !== queryIds.length)) {
    throw new Error(`the answers do not cover all posts: ${JSON.stringify(measured)}`)
  }
  return [
    {
      name: 'DuckDB: read, clean and answer 1 million posts',
      value: median(measured.map(({ seconds }) => seconds)),
      unit: 's',
      limit: { atMost: 30 },
    },
    {
      name: 'DuckDB: peak memory of it',
      value: median(measured.map(({ peakMiB }) => peakMiB)),
      unit: 'MiB',
      limit: { atMost: 2_048 },
    },
  ]
}

interface Measured {
  readonly seconds: number
  readonly peakMiB: number
  readonly rows: number
  readonly answers: number
}

async function answerOnce({ endpoint, region, accessKeyId, secretAccessKey }: TestS3): Promise<Measured> {
  const options = { s3: { endpoint, region, accessKeyId, secretAccessKey }, bucket: bucketName(userId), userId }
  const script = join(import.meta.dirname, 'answer-process.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(options)])
  return JSON.parse(stdout) as Measured
}

async function writeObjects(s3: TestS3): Promise<void> {
  const client = s3Client(s3)
  const bucket = bucketName(userId)
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  const inFlight = new Set<Promise<unknown>>()
  for (const { key, body } of objects()) {
    const put: Promise<unknown> = client
      .send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }))
      .finally(() => inFlight.delete(put))
    inFlight.add(put)
    if (inFlight.size >= putsInFlight) await Promise.race(inFlight)
  }
  await Promise.all(inFlight)
  client.destroy()
}

/** The posts in order, dealt to the partitions in turn, in files of a thousand lines. */
function* objects(): Generator<{ key: string; body: Buffer }> {
  const open = entityNames.flatMap((entity) =>
    Array.from({ length: partitions }, (_, partition) => ({ entity, partition, start: 0n, lines: [] as string[] })),
  )
  const closed = (file: (typeof open)[number]): { key: string; body: Buffer } => {
    const made = {
      key: objectKey(topicName(userId, file.entity), file.partition, file.start),
      body: Buffer.from(file.lines.join('')),
    }
    file.start += BigInt(file.lines.length)
    file.lines = []
    return made
  }
  for (const post of generateDataset({ seed: 1, size: posts })) {
    for (const file of open) {
      if (file.partition !== post.ind % partitions) continue
      file.lines.push(`${JSON.stringify(post[file.entity].row)}\n`)
      if (file.lines.length === recordsPerObject) yield closed(file)
    }
  }
  for (const file of open) if (file.lines.length > 0) yield closed(file)
}
