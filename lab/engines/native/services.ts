import { dirname, join } from 'node:path'
import { type Credentials, type Profile } from '../../../contract/index.ts'
import { brokerPort, firstBroker, graph, type ServiceName } from '../../graph.ts'
import { type LabHome } from '../../home.ts'
import { toolPaths } from '../../install/tools.ts'
import { kafkaProcess } from './processes/kafka.ts'
import { mysqlProcess } from './processes/mysql.ts'
import { nodeServiceProcess } from './processes/node-service.ts'
import { s3Process } from './processes/s3.ts'
import { sparkStreamProcess } from './processes/spark-stream.ts'
import { type ProcessSpec } from './processes/spec.ts'
import { ensureBucket } from './provision/bucket.ts'
import { ensureConnector } from './provision/connector.ts'
import { ensureStreams } from './provision/streams.ts'
import { ensureTopics } from './provision/topics.ts'
import { setAsideLargeFile } from './log-file.ts'
import { socketPath } from './socket-path.ts'

export interface NativeService {
  readonly spec: ProcessSpec
  /** Makes what clients expect to find in the service. Part of a lab's start, idempotent; a restart after a crash needs none. */
  readonly provision?: (signal: AbortSignal) => Promise<void>
}

export interface LabSettings {
  readonly profile: Profile
  readonly credentials: Credentials
  readonly home: LabHome
}

/** Every service of a lab as a process of this machine. */
export function nativeServices(settings: LabSettings): Readonly<Record<ServiceName, NativeService>> {
  const { profile, credentials, home } = settings
  const tools = toolPaths(home.tools)
  const keys = awsKeysOf(settings)
  const s3Access = { region: profile.s3.region, ...keys }
  const { region, endpoint } = profile.kinesis
  const urlOf = (name: ServiceName): string => graph[name].url(profile)
  const compileCache = home.data('compile-cache')
  return {
    mysql: {
      spec: mysqlProcess({
        basedir: tools.mariadb,
        dataDir: home.data('mysql'),
        socketPath: socketPath(home, 'mysql.sock'),
        port: profile.mysql.port,
        rootPassword: credentials.mysqlRootPassword,
        reader: { user: profile.mysql.user, password: credentials.mysqlPassword },
      }),
    },
    kafka: {
      spec: kafkaProcess({
        libs: tools.kafkaLibs,
        dataDir: home.data('kafka'),
        archiveDir: dirname(tools.kafkaLibs),
        port: brokerPort(profile),
        controllerPort: profile.kafka.controllerPort,
        partitions: profile.kafka.partitions,
        maxMessageBytes: profile.kafka.maxMessageBytes,
      }),
      provision: async (signal) => ensureTopics(profile, signal),
    },
    s3: {
      spec: s3Process({ ministack: tools.ministack, dataDir: home.data('s3'), port: profile.s3.port, ...s3Access }),
      provision: async (signal) =>
        ensureBucket({ ...s3Access, endpoint: profile.s3.endpoint }, profile.s3.bucket, signal),
    },
    kinesis: {
      spec: nodeServiceProcess({
        name: 'kinesis',
        port: profile.kinesis.port,
        config: kinesisConfig(settings),
        readinessUrl: `${urlOf('kinesis')}/health`,
        compileCache,
        maxOldSpaceMiB: 256,
      }),
      provision: async (signal) => ensureStreams({ region, endpoint, ...keys }, profile, signal),
    },
    'rest-proxy': {
      spec: nodeServiceProcess({
        name: 'rest-proxy',
        port: profile.restProxy.port,
        config: restProxyConfig(profile),
        readinessUrl: `${urlOf('rest-proxy')}/topics`,
        compileCache,
        maxOldSpaceMiB: 384,
      }),
    },
    gateway: {
      spec: nodeServiceProcess({
        name: 'gateway',
        port: profile.gateway.port,
        config: gatewayConfig(settings),
        readinessUrl: `${urlOf('gateway')}/topics`,
        compileCache,
        maxOldSpaceMiB: 384,
        prepare: async () => setAsideLargeFile(accessLogOf(home), maxAccessLogBytes),
      }),
    },
    's3-sink': {
      spec: nodeServiceProcess({
        name: 's3-sink',
        port: profile.s3Sink.port,
        config: s3SinkConfig(settings),
        readinessUrl: `${urlOf('s3-sink')}/connectors`,
        compileCache,
        maxOldSpaceMiB: 512,
      }),
      provision: async (signal) => ensureConnector(urlOf('s3-sink'), profile, signal),
    },
    'spark-stream': {
      spec: sparkStreamProcess({
        python: tools.sparkPython,
        sparkHome: tools.sparkHome,
        sparkJars: tools.sparkJars,
        archiveDir: dirname(tools.sparkJars),
        dataDir: home.data('spark-stream'),
        checkpoints: home.checkpoints,
        userId: profile.userId,
        statusPort: profile.sparkStream.port,
        kinesis: { endpointUrl: endpoint, region },
        s3: { endpoint: profile.s3.endpoint, region: profile.s3.region },
        tablesUri: profile.sparkStream.tablesUri,
        triggerIntervalMs: profile.sparkStream.triggerIntervalMs,
        maxRecordsPerBatch: profile.sparkStream.maxRecordsPerBatch,
        driverMemoryMiB: 512, // with Python, threads and code the job stays within 1.3 GiB
        ...keys,
      }),
    },
  }
}

const host = '127.0.0.1'
/** The gateway appends to it by itself, so it can be set aside only while the gateway is not running. */
const maxAccessLogBytes = 64 * 1_048_576
const accessLogOf = (home: LabHome): string => join(home.logs, 'gateway-access.log')

export const restProxyConfig = (profile: Profile) => ({
  host,
  port: profile.restProxy.port,
  brokers: profile.kafka.brokers,
  maxRecordBytes: profile.kafka.maxMessageBytes,
})

const awsKeysOf = ({ credentials }: Pick<LabSettings, 'credentials'>) => ({
  accessKeyId: credentials.awsAccessKeyId,
  secretAccessKey: credentials.awsSecretAccessKey,
})

export const kinesisConfig = ({ profile, credentials, home }: LabSettings) => ({
  host,
  port: profile.kinesis.port,
  dataDir: home.data('kinesis'),
  region: profile.kinesis.region,
  enforceShardLimits: profile.kinesis.enforceShardLimits,
  fsync: profile.kinesis.fsync,
  ...(profile.kinesis.verifySignatures ? { credentials: awsKeysOf({ credentials }) } : {}),
})

export const gatewayConfig = ({ profile, credentials, home }: LabSettings) => ({
  host,
  port: profile.gateway.port,
  stage: profile.gateway.stage,
  stageVariables: {
    restProxyHost: new URL(graph['rest-proxy'].url(profile)).host,
    putRecordTemplate: profile.gateway.putRecordTemplate,
  },
  aws: {
    region: profile.kinesis.region,
    ...awsKeysOf({ credentials }),
    endpoints: { kinesis: profile.kinesis.endpoint },
  },
  accessLog: accessLogOf(home),
})

export const s3SinkConfig = ({ profile, credentials, home }: LabSettings) => ({
  host,
  port: profile.s3Sink.port,
  brokers: [firstBroker(profile)],
  stateDir: home.data('s3-sink'),
  sessionTimeoutMs: 3_000, // a killed sink's partitions are free again this soon; the broker's least is 1 s
  s3: {
    endpoint: profile.s3.endpoint,
    region: profile.s3.region,
    ...awsKeysOf({ credentials }),
  },
})
