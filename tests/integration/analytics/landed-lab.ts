import {
  bucketName,
  databaseName,
  entities,
  entityNames,
  localProfile,
  objectKey,
  parseObjectKey,
  topicName,
  topicNames,
  topicPrefix,
  type Acknowledgement,
  type EntityName,
  type Profile,
} from '../../../contract/index.ts'
import { kafkaClient } from '../../../clients/kafka.ts'
import { mysqlConnection, type MysqlOptions } from '../../../clients/mysql.ts'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  s3Client,
  type S3Client,
} from '../../../clients/s3.ts'
import { datasetRow } from '../../../seed/dataset.ts'
import { loadDataset } from '../../../seed/load.ts'
import { partitionRanges, readLog } from '../../../analytics/verify/kafka-log.ts'
import { verify, type Report } from '../../../analytics/verify/verify.ts'
import { startKafka, startMysql, startS3, type TestKafka, type TestMysql, type TestS3 } from '../../support/services.ts'

const portOffset = 8_000
export const userId = 'a1b2c3d4e5f6'
export const dataset = { seed: 3, size: 300 }
export const sinkGroup = 'connect-s3-sink'
const bucket = bucketName(userId)
const deadTopic = `dlq-${userId}`

interface Sent {
  readonly entity: EntityName
  readonly partition: number
  readonly value: string | null
}

interface CommittedOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: string
}

/** Real Kafka, S3 and MySQL; posts go straight into Kafka, and `sink` does with them what the sink would do. */
export class LandedLab implements AsyncDisposable {
  readonly kafka: TestKafka
  readonly s3: TestS3
  readonly mysql: TestMysql
  readonly client: S3Client
  readonly ledger: Acknowledgement[] = []
  #emissions = 0

  private constructor(kafka: TestKafka, s3: TestS3, mysql: TestMysql) {
    this.kafka = kafka
    this.s3 = s3
    this.mysql = mysql
    this.client = s3Client(s3)
  }

  static async start(): Promise<LandedLab> {
    const [kafka, s3, mysql] = await Promise.all([
      startKafka({ port: 19_092 + portOffset }),
      startS3({ port: 14_566 + portOffset }),
      startMysql({ port: 13_306 + portOffset }),
    ])
    const lab = new LandedLab(kafka, s3, mysql)
    await using root = await lab.connection()
    await loadDataset(root.connection, dataset)
    await lab.client.send(new CreateBucketCommand({ Bucket: bucket }))
    await lab.#admin(async (admin) => {
      const topics = topicNames(userId).map((topic) => ({ topic, numPartitions: 3, replicationFactor: 1 }))
      await admin.createTopics({ topics: [...topics, { topic: deadTopic, numPartitions: 1, replicationFactor: 1 }] })
    })
    return lab
  }

  async connection() {
    const connection = await mysqlConnection({ ...this.mysqlOptions, user: 'root', password: this.mysql.rootPassword })
    return { connection, [Symbol.asyncDispose]: async () => connection.end() }
  }

  get mysqlOptions(): MysqlOptions {
    return { host: this.mysql.host, port: this.mysql.port, ...this.mysql.reader, database: databaseName }
  }

  profile(flushSizeRecords = 1): Profile {
    return localProfile({ userId, portOffset, flushSizeRecords, paths: ['batch'] })
  }

  /** Posts source rows, acknowledged in the ledger. */
  async post(inds: readonly number[]): Promise<void> {
    const sent = inds.flatMap((ind) =>
      entityNames.map((entity) => ({
        entity,
        partition: (ind + this.#emissions) % 3,
        value: JSON.stringify(datasetRow(dataset, ind)[entity].row),
        ind,
      })),
    )
    const offsets = await this.send(sent)
    sent.forEach(({ entity, partition, ind }, at) => {
      const emission = this.#emissions + Math.floor(at / 3)
      const topic = topicName(userId, entity)
      this.ledger.push({ run: 'test', emission, ind, entity, topic, partition, offset: offsets[at]! })
    })
    this.#emissions += inds.length
  }

  /** @returns the records' offsets */
  async send(records: readonly Sent[]): Promise<number[]> {
    const producer = kafkaClient({ brokers: this.kafka.brokers, clientId: 'test' }).producer()
    await producer.connect()
    try {
      const offsets: number[] = []
      for (const { entity, partition, value } of records) {
        const topic = topicName(userId, entity)
        const [metadata] = await producer.send({ topic, acks: -1, messages: [{ value, partition }] })
        offsets.push(Number(metadata!.baseOffset))
      }
      return offsets
    } finally {
      await producer.disconnect()
    }
  }

  async deadLetter(entity: EntityName, partition: number, offset: number, stage = 'VALUE_CONVERTER'): Promise<void> {
    const producer = kafkaClient({ brokers: this.kafka.brokers, clientId: 'test' }).producer()
    await producer.connect()
    const from = { topic: topicName(userId, entity), partition: String(partition), offset: String(offset), stage }
    const headers = Object.fromEntries(Object.entries(from).map(([name, text]) => [`__connect.errors.${name}`, text]))
    await producer.send({ topic: deadTopic, messages: [{ value: 'poison', headers }] })
    await producer.disconnect()
  }

  /** Writes files of `flushSizeRecords` lines and commits, as the sink does; `skipped` offsets are dead letters or nulls. */
  async sink(flushSizeRecords: number, skipped: ReadonlySet<string> = new Set()): Promise<void> {
    const committed: CommittedOffset[] = []
    for (const entity of entityNames) {
      const topic = topicName(userId, entity)
      for (const [partition, values] of (await this.#records(entity)).entries()) {
        const lines = values.flatMap((value, offset) => {
          return skipped.has(`${entity} ${String(partition)} ${String(offset)}`) ? [] : [{ offset, line: `${value}\n` }]
        })
        let end = 0
        for (let at = 0; at + flushSizeRecords <= lines.length; at += flushSizeRecords) {
          const file = lines.slice(at, at + flushSizeRecords)
          await this.put(objectKey(topic, partition, BigInt(file[0]!.offset)), file.map(({ line }) => line).join(''))
          end = file.at(-1)!.offset + 1
        }
        committed.push({
          topic,
          partition,
          offset: String(lines.length % flushSizeRecords === 0 ? values.length : end),
        })
      }
    }
    await this.commit(committed)
  }

  /** Commits for the sink's group, as a member of it: the admin client's way takes 5 s. */
  async commit(offsets: CommittedOffset[]): Promise<void> {
    const consumer = kafkaClient({ brokers: this.kafka.brokers, clientId: 'test' }).consumer({
      groupId: sinkGroup,
      maxWaitTimeInMs: 20,
    })
    await consumer.connect()
    await consumer.subscribe({ topics: [...new Set(offsets.map(({ topic }) => topic))] })
    const joined = new Promise<void>((resolve) => {
      consumer.on(consumer.events.GROUP_JOIN, () => {
        resolve()
      })
    })
    await consumer.run({ autoCommit: false, eachBatch: async () => Promise.resolve() })
    await joined
    await consumer.commitOffsets(offsets)
    await consumer.disconnect()
  }

  async put(key: string, content: string): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(content) }))
  }
  async get(key: string): Promise<string> {
    const { Body: body } = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    return body!.transformToString()
  }
  async delete(key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
  }
  async keys(entity: EntityName): Promise<string[]> {
    const keys: string[] = []
    const input = { Bucket: bucket, Prefix: topicPrefix(topicName(userId, entity)) }
    for await (const page of paginateListObjectsV2({ client: this.client }, input)) {
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key!))
    }
    return keys.filter((key) => parseObjectKey(key) !== undefined)
  }

  /** Key of the first object, with one record a file, that holds the row of `ind`. */
  async keyOf(entity: EntityName, ind: number): Promise<string> {
    for (const key of await this.keys(entity)) {
      const { [entities[entity].keyColumn]: found } = JSON.parse(await this.get(key)) as Record<string, unknown>
      if (found === ind) return key
    }
    throw new Error(`no object holds ${entity} ${String(ind)}`)
  }

  async verify(flushSizeRecords = 1, ledger: readonly Acknowledgement[] = this.ledger): Promise<Report> {
    return verify({
      profile: this.profile(flushSizeRecords),
      s3: this.s3,
      kafka: this.kafka,
      mysql: this.mysqlOptions,
      acknowledgements: () => asyncly(ledger),
      signal: AbortSignal.timeout(60_000),
    })
  }

  /** The names of the checks that fail. */
  async failures(flushSizeRecords = 1): Promise<string[]> {
    const { checks } = await this.verify(flushSizeRecords)
    return checks.filter(({ status }) => status === 'failed').map(({ name }) => name)
  }

  async #records(entity: EntityName): Promise<string[][]> {
    const partitions: string[][] = [[], [], []]
    const topic = topicName(userId, entity)
    const ranges = await this.#admin(async (admin) => partitionRanges(admin, [topic]))
    await readLog(
      this.kafka.brokers,
      ranges,
      (_topic, partition, { value }) => {
        partitions[partition]!.push(value?.toString() ?? '')
      },
      AbortSignal.timeout(30_000),
    )
    return partitions
  }

  async #admin<T>(use: (admin: ReturnType<ReturnType<typeof kafkaClient>['admin']>) => Promise<T>): Promise<T> {
    const admin = kafkaClient({ brokers: this.kafka.brokers, clientId: 'test' }).admin()
    await admin.connect()
    try {
      return await use(admin)
    } finally {
      await admin.disconnect()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy()
    await Promise.all([this.kafka, this.s3, this.mysql].map(async (service) => service[Symbol.asyncDispose]()))
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- a ledger is read asynchronously
async function* asyncly<T>(lines: readonly T[]): AsyncGenerator<T> {
  yield* lines
}
