import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { classArchive } from './class-archive.ts'
import { freshFolder } from './fresh-folder.ts'
import { argumentFile } from './java-options.ts'
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
  // Kafka reads these as lists, so a lab's own path must not stand in them: it may hold a comma
  const topics = 'topics'
  const config = 'server.properties'
  const logConfig = 'log4j2.yaml'
  const jvmOptions = 'jvm.options'
  const write = async (name: string, text: string): Promise<void> => writeFile(join(dataDir, name), text)
  const archive = classArchive({ jarFolders: [libs], archiveDir, owner: dataDir })
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
    await write(logConfig, log4j2)
    await freshFolder(join(dataDir, topics), async (partial) => {
      const formatConfig = 'format.properties'
      await write(formatConfig, brokerProperties({ ...options, logDir: basename(partial) }))
      const clusterId = randomBytes(16).toString('base64url')
      // joined by =, as one id in 64 begins with a hyphen and would be taken for an option
      const format = ['kafka.tools.StorageTool', 'format', `--cluster-id=${clusterId}`, '-c', formatConfig]
      await runTool({ command: 'java', args: [...jvm, ...format], cwd: dataDir }, signal)
      await rm(join(dataDir, formatConfig))
    })
    await write(config, brokerProperties({ ...options, logDir: topics }))
    await write(jvmOptions, argumentFile(await archive.jvmOptions()))
  }
  return {
    name: 'kafka',
    command: 'java',
    args: [`@${jvmOptions}`, ...jvm, 'kafka.Kafka', config],
    env: {},
    cwd: dataDir,
    ports: [port, controllerPort],
    prepare,
    readiness: 'a record produced and fetched back',
    probe: async (signal) => canaryRoundTrip([`127.0.0.1:${String(port)}`], signal),
    readyTimeoutMs: 90_000,
    stopTimeoutMs: 20_000, // the first stop also writes the class-data archive
    afterExit: archive.afterExit,
  }
}
