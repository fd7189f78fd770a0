import {
  entityNames,
  localProfile,
  streamName,
  streamNames,
  type Acknowledgement,
  type EntityName,
  type PathName,
} from '../../../contract/index.ts'
import { kinesisClient, PutRecordsCommand, type KinesisClient } from '../../../clients/kinesis.ts'
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '../../../clients/s3.ts'
import { datasetRow } from '../../../seed/dataset.ts'
import { openStorage, type Storage } from '../../../analytics/delta/storage.ts'
import { awaitStreamed } from '../../../analytics/verify/stream/awaiting.ts'
import { type EngineAnswers } from '../../../analytics/verify/stream/engine-answers.ts'
import { verify, type Report } from '../../../analytics/verify/verify.ts'
import { createStreams, StreamJob } from '../spark/harness.ts'
import { startKinesis, type TestKinesis } from '../../support/services.ts'
import { dataset, LandedLab, userId } from './landed-lab.ts'

const [kinesisPort, statusPort] = [21_550, 21_551]

/** Both paths up to their tables: Kafka, S3 and MySQL as LandedLab has them, real Kinesis and the real stream job. */
export class StreamedLab implements AsyncDisposable {
  readonly landed: LandedLab
  readonly kinesis: TestKinesis
  readonly client: KinesisClient
  readonly job: StreamJob
  readonly ledger: Acknowledgement[] = []
  #emissions = 0

  private constructor(landed: LandedLab, kinesis: TestKinesis, job: StreamJob) {
    this.landed = landed
    this.kinesis = kinesis
    this.client = kinesisClient(kinesis)
    this.job = job
  }

  static async start(): Promise<StreamedLab> {
    const [landed, kinesis] = await Promise.all([
      LandedLab.start(),
      startKinesis({ port: kinesisPort, enforceShardLimits: true }),
    ])
    const job = await StreamJob.create({ kinesis, s3: landed.s3, statusPort })
    const lab = new StreamedLab(landed, kinesis, job)
    await createStreams(lab.client, 3)
    await job.start()
    return lab
  }

  get tablesUri(): string {
    return localProfile({ userId }).sparkStream.tablesUri
  }

  storage(): Storage {
    return openStorage(this.tablesUri, this.landed.s3, AbortSignal.timeout(30_000))
  }

  /** Posts source rows to the streams, acknowledged in the ledger. */
  async post(inds: readonly number[]): Promise<void> {
    for (const entity of entityNames) {
      const texts = inds.map((ind) => JSON.stringify(datasetRow(dataset, ind)[entity].row))
      const places = await this.put(entity, texts)
      places.forEach((place, at) => {
        const emission = this.#emissions + at
        this.ledger.push({
          run: 'stream',
          emission,
          ind: inds[at]!,
          entity,
          stream: streamName(userId, entity),
          ...place,
        })
      })
    }
    this.#emissions += inds.length
  }

  async put(
    entity: EntityName,
    texts: readonly string[],
    partitionKey?: string,
  ): Promise<{ shard: string; sequenceNumber: string }[]> {
    const { Records: results = [] } = await this.client.send(
      new PutRecordsCommand({
        StreamName: streamName(userId, entity),
        Records: texts.map((text, at) => ({ Data: Buffer.from(text), PartitionKey: partitionKey ?? String(at) })),
      }),
    )
    return results.map(({ ShardId: shard = '', SequenceNumber: sequenceNumber = '' }) => ({ shard, sequenceNumber }))
  }

  async streamed(options: { timeoutMs?: number; onProgress?: (progress: { recordsToGo: number }) => void } = {}) {
    const { timeoutMs = 180_000, onProgress } = options
    return awaitStreamed({
      kinesis: this.kinesis,
      streams: streamNames(userId),
      checkpointsUri: `file://${this.job.checkpoints}`,
      s3: this.landed.s3,
      whyEnded: () => Promise.resolve(undefined),
      signal: AbortSignal.timeout(240_000),
      timeoutMs,
      ...(onProgress ? { onProgress } : {}),
    })
  }

  async verify(
    paths: readonly PathName[] = ['stream'],
    options: { ledger?: readonly Acknowledgement[]; answers?: readonly EngineAnswers[] } = {},
  ): Promise<Report> {
    const { ledger = paths.includes('batch') ? [...this.landed.ledger, ...this.ledger] : this.ledger } = options
    return verify({
      profile: { ...this.landed.profile(), paths: [...paths] },
      s3: this.landed.s3,
      kafka: this.landed.kafka,
      mysql: this.landed.mysqlOptions,
      stream: {
        kinesis: this.kinesis,
        checkpointsUri: `file://${this.job.checkpoints}`,
        ...(options.answers ? { answers: options.answers } : {}),
      },
      // eslint-disable-next-line @typescript-eslint/require-await -- a ledger is read asynchronously
      acknowledgements: async function* () {
        yield* ledger
      },
      signal: AbortSignal.timeout(120_000),
    })
  }

  /** The names of the checks that fail. */
  async failures(): Promise<string[]> {
    const { checks } = await this.verify()
    return checks.filter(({ status }) => status === 'failed').map(({ name }) => name)
  }

  /** Objects below the tables' folder. */
  async get(path: string): Promise<Buffer> {
    const { Body: body } = await this.landed.client.send(new GetObjectCommand(this.#object(path)))
    return Buffer.from(await body!.transformToByteArray())
  }
  async set(path: string, content: Buffer | string): Promise<void> {
    await this.landed.client.send(new PutObjectCommand({ ...this.#object(path), Body: Buffer.from(content) }))
  }
  async delete(path: string): Promise<void> {
    await this.landed.client.send(new DeleteObjectCommand(this.#object(path)))
  }

  #object(path: string) {
    return { Bucket: this.landed.profile().s3.bucket, Key: `delta/${path}` }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy()
    await this.job[Symbol.asyncDispose]()
    await Promise.all([this.kinesis, this.landed].map(async (part) => part[Symbol.asyncDispose]()))
  }
}
