import { z } from 'zod'
import { bucketName, databaseName, UserId } from './entities.ts'
import { LabError } from './errors.ts'
import { pathNames, type PathName } from './records.ts'

const Port = z.int().min(1).max(65_535)
const host = '127.0.0.1'

/** Ports a user can type; a lab's `portOffset` moves all of them. */
export const defaultPorts = {
  gateway: 18_080,
  restProxy: 18_082,
  s3Sink: 18_083,
  mysql: 13_306,
  kafka: 19_092,
  kafkaController: 19_093,
  s3: 14_566,
  kinesis: 14_567,
  sparkStream: 18_084,
} as const
export type PortName = keyof typeof defaultPorts

/** `plain` hands Data over as JSON text, which Kinesis takes for base64 and refuses unless it is. */
export const putRecordTemplates = ['base64', 'plain'] as const
export type PutRecordTemplate = (typeof putRecordTemplates)[number]

export const engineNames = ['native', 'compose', 'aws'] as const

export const Profile = z.strictObject({
  name: z.enum(['local', 'aws']),
  engine: z.enum(engineNames),
  userId: UserId,
  portOffset: z.int().min(0).max(40_000),
  /** Which paths posts take; a lab without `stream` runs no Spark. */
  paths: z.array(z.enum(pathNames)).min(1),
  mysql: z.strictObject({ host: z.string(), port: Port, database: z.string(), user: z.string() }),
  kafka: z.strictObject({
    brokers: z.array(z.string()).min(1),
    controllerPort: Port,
    partitions: z.int().min(1).max(100),
    /** Largest record batch the broker takes; Kafka's own default of message.max.bytes. */
    maxMessageBytes: z.int().positive(),
  }),
  restProxy: z.strictObject({ port: Port }),
  gateway: z.strictObject({
    port: Port,
    stage: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
    /** Which of the course README's PutRecord mapping templates runs. */
    putRecordTemplate: z.enum(putRecordTemplates),
  }),
  s3: z.strictObject({ port: Port, endpoint: z.url(), region: z.string(), bucket: z.string() }),
  s3Sink: z.strictObject({
    port: Port,
    connectorName: z.string(),
    flushSizeRecords: z.int().positive(),
    tasksMax: z.int().positive(),
  }),
  kinesis: z.strictObject({
    port: Port,
    endpoint: z.url(),
    region: z.string(),
    /** Shards of each new stream. */
    shards: z.int().min(1).max(100),
    /** Throttle each shard at what AWS gives it: 1,000 records and 1 MiB a second in, 2 MiB and 5 calls a second out. */
    enforceShardLimits: z.boolean(),
    /** `always`: a record is on the disk before it is acknowledged; `never`: with the operating system, so it survives kill -9. */
    fsync: z.enum(['always', 'never']),
    /** Refuse requests that are not signed with the lab's credentials. */
    verifySignatures: z.boolean(),
  }),
  sparkStream: z.strictObject({
    /** Of its status page. */
    port: Port,
    /** Folder of the Delta tables, a URI that Spark writes to, without a slash at its end. */
    tablesUri: z.url(),
    /** Time between two looks into the streams. */
    triggerIntervalMs: z.int().min(100),
    /** Most records of a stream in one micro-batch. */
    maxRecordsPerBatch: z.int().positive(),
  }),
  sparkBatch: z.strictObject({
    /** Folder of what the batch job writes: clean tables and answers. A URI without a slash at its end. */
    outputUri: z.url(),
  }),
})
export type Profile = Readonly<z.infer<typeof Profile>>

export interface ProfileSettings {
  readonly userId?: string
  readonly portOffset?: number
  readonly flushSizeRecords?: number
  readonly partitions?: number
  readonly paths?: readonly PathName[]
  readonly shards?: number
  readonly enforceShardLimits?: boolean
  readonly putRecordTemplate?: PutRecordTemplate
}

/** @throws LabError LAB_CONFIG_INVALID with every fault of `input` named; `source` is the file or flag it came from. */
export function parseProfile(source: string, input: unknown): Profile {
  const parsed = Profile.safeParse(input)
  if (parsed.success) return Object.freeze(parsed.data)
  throw new LabError('LAB_CONFIG_INVALID', {
    what: `${source} is not a valid profile`,
    why: z.prettifyError(parsed.error).replaceAll('\n', ' '),
    fix: `correct ${source}, or delete it to get the default back`,
  })
}

/** The profile of a lab on this machine, native engine; every port is its default plus `portOffset`. */
export function localProfile(settings: ProfileSettings = {}): Profile {
  const { userId = 'a1b2c3d4e5f6', portOffset = 0, flushSizeRecords = 1, partitions = 3, paths = pathNames } = settings
  const { shards = 3, enforceShardLimits = true, putRecordTemplate = 'base64' } = settings
  const port = (name: PortName): number => defaultPorts[name] + portOffset
  return parseProfile('the local profile', {
    name: 'local',
    engine: 'native',
    userId,
    portOffset,
    paths: [...paths],
    mysql: { host, port: port('mysql'), database: databaseName, user: 'project_user' },
    kafka: {
      brokers: [`${host}:${String(port('kafka'))}`],
      controllerPort: port('kafkaController'),
      partitions,
      maxMessageBytes: 1_048_588, // message.max.bytes: Kafka broker configuration reference
    },
    restProxy: { port: port('restProxy') },
    gateway: { port: port('gateway'), stage: 'test', putRecordTemplate },
    s3: {
      port: port('s3'),
      endpoint: `http://${host}:${String(port('s3'))}`,
      region: 'us-east-1',
      bucket: bucketName(userId),
    },
    s3Sink: { port: port('s3Sink'), connectorName: 's3-sink', flushSizeRecords, tasksMax: 3 },
    kinesis: {
      port: port('kinesis'),
      endpoint: `http://${host}:${String(port('kinesis'))}`,
      region: 'us-east-1',
      shards,
      enforceShardLimits,
      fsync: 'never',
      verifySignatures: true,
    },
    sparkStream: {
      port: port('sparkStream'),
      tablesUri: `s3a://${bucketName(userId)}/delta`,
      triggerIntervalMs: 1_000,
      maxRecordsPerBatch: 10_000,
    },
    sparkBatch: { outputUri: `s3a://${bucketName(userId)}/batch` },
  } satisfies z.input<typeof Profile>)
}

export interface Addresses {
  readonly invokeUrl: string
  readonly restProxy: string
  readonly kafka: string
  readonly connect: string
  readonly s3: string
  readonly kinesis: string
  /** Status page of the stream job: /health and /queries. */
  readonly sparkStream: string
  readonly bucket: string
  readonly mysql: string
}

/** What a user types into their own files, derived from the profile. */
export const addressesOf = (profile: Profile): Addresses => ({
  invokeUrl: `http://${host}:${String(profile.gateway.port)}/${profile.gateway.stage}`,
  restProxy: `http://${host}:${String(profile.restProxy.port)}`,
  kafka: profile.kafka.brokers.join(','),
  connect: `http://${host}:${String(profile.s3Sink.port)}`,
  s3: profile.s3.endpoint,
  kinesis: profile.kinesis.endpoint,
  sparkStream: `http://${host}:${String(profile.sparkStream.port)}`,
  bucket: profile.s3.bucket,
  mysql: `${profile.mysql.host}:${String(profile.mysql.port)}`,
})

/** Secrets of one lab: generated at its first start, kept in LAB_HOME/credentials.json (0600), never part of a profile. */
export const Credentials = z.strictObject({
  /** The pipeline's read-only account. */
  mysqlPassword: z.string().min(16),
  mysqlRootPassword: z.string().min(16),
  awsAccessKeyId: z.string().min(16),
  awsSecretAccessKey: z.string().min(32),
})
export type Credentials = Readonly<z.infer<typeof Credentials>>
