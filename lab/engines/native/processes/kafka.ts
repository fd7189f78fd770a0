import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { classArchive } from './class-archive.ts'
import { freshFolder } from './fresh-folder.ts'
import { canaryRoundTrip } from './kafka-canary.ts'
import { brokerProperties, log4j2, type BrokerSettings } from './kafka-properties.ts'
import { runTool } from './run-tool.ts'
import { type ProcessSpec } from './spec.ts'

export interface KafkaProcessOptions extends Omit<BrokerSettings, 'logDir'> {
  /** Folder of the broker's jars. */
  readonly libs: string
  /** Configuration and logs of this node. */
  readonly dataDir: string
  /** Folder shared by all labs of a checkout: keeps the class-data archive that shortens a start. */
  readonly archiveDir: string
}

/** One Apache Kafka node, broker and controller in one. Ready means that a record was produced with acks=all and fetched back. */
export function kafkaProcess(options: KafkaProcessOptions): ProcessSpec {
  const { libs, dataDir, archiveDir, port, controllerPort } = options
  const logDir = join(dataDir, 'topics')
  const config = join(dataDir, 'server.properties')
  const logConfig = join(dataDir, 'log4j2.yaml')
  const jvmOptions = join(dataDir, 'jvm.options')
  const archive = classArchive({ libs, archiveDir, owner: dataDir })
  const jvm = [
    '-Xms64m',
    '-Xmx256m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:-UsePerfData',
    `-Dlog4j2.configurationFile=${logConfig}`,
    '-cp',
    join(libs, '*'),
  ]
  const prepare = async (signal: AbortSignal): Promise<void> => {
    await mkdir(dataDir, { recursive: true })
    await writeFile(logConfig, log4j2)
    await freshFolder(logDir, async (partial) => {
      const formatConfig = join(dataDir, 'format.properties')
      await writeFile(formatConfig, brokerProperties({ ...options, logDir: partial }))
      const clusterId = randomBytes(16).toString('base64url')
      const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', formatConfig]
      await runTool({ command: 'java', args: [...jvm, ...format] }, signal)
      await rm(formatConfig)
    })
    await writeFile(config, brokerProperties({ ...options, logDir }))
    await writeFile(jvmOptions, `${(await archive.jvmOptions()).join('\n')}\n`)
  }
  return {
    name: 'kafka',
    command: 'java',
    args: [`@${jvmOptions}`, ...jvm, 'kafka.Kafka', config],
    env: {},
    ports: [port, controllerPort],
    prepare,
    readiness: 'a record produced and fetched back',
    probe: async (signal) => canaryRoundTrip([`127.0.0.1:${String(port)}`], signal),
    readyTimeoutMs: 90_000,
    stopTimeoutMs: 20_000, // the first stop also writes the class-data archive
    afterExit: archive.afterExit,
  }
}
