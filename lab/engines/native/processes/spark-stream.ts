import { join } from 'node:path'
import { projectRoot } from '../../../home.ts'
import { classArchive } from './class-archive.ts'
import { prepareSparkJava, sparkJavaEnvironment } from './spark-java.ts'
import { type ProcessSpec } from './spec.ts'

export interface SparkStreamProcessOptions {
  /** Python with pyspark in it. */
  readonly python: string
  /** Spark's own folder: bin/, jars/. */
  readonly sparkHome: string
  /** Folder of the jars of Delta and S3A. */
  readonly sparkJars: string
  /** What Spark writes for the time it runs. */
  readonly dataDir: string
  /** Gets a folder a stream. */
  readonly checkpoints: string
  /** Folder shared by all labs of a checkout: keeps the class-data archive that shortens a start. */
  readonly archiveDir: string
  readonly statusPort: number
  readonly userId: string
  readonly kinesis: { readonly endpointUrl: string; readonly region: string }
  readonly s3: { readonly endpoint: string; readonly region: string }
  /** s3a:// URI of the folder of the Delta tables. */
  readonly tablesUri: string
  readonly triggerIntervalMs: number
  readonly maxRecordsPerBatch: number
  /** Heap of Spark's JVM; the whole job takes some 450 MiB more. */
  readonly driverMemoryMiB: number
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/**
 * The stream job: Spark's Python, and the JVM that it starts and without which it ends. Ready means that its queries run: GET /health
 * on its status port.
 */
export function sparkStreamProcess(options: SparkStreamProcessOptions): ProcessSpec {
  const { python, sparkHome, sparkJars, dataDir, checkpoints, archiveDir, statusPort } = options
  const { userId, kinesis, s3, tablesUri, triggerIntervalMs, maxRecordsPerBatch, driverMemoryMiB } = options
  const archive = classArchive({ jarFolders: [sparkJars, join(sparkHome, 'jars')], archiveDir, owner: dataDir })
  const config = {
    userId,
    statusPort,
    kinesis,
    s3,
    tablesUri,
    // not as a URL: Hadoop takes every character of it as it is
    checkpointsUri: `file://${checkpoints}`,
    triggerIntervalMs,
    maxRecordsPerBatch,
    driverMemoryMiB,
  }
  const prepare = async (): Promise<void> => {
    await prepareSparkJava(dataDir, await archive.jvmOptions())
  }
  const health = `http://127.0.0.1:${String(statusPort)}/health`
  return {
    name: 'spark-stream',
    command: python,
    args: ['-u', join(projectRoot, 'analytics', 'spark', 'stream.py')],
    env: {
      PINLAB_CONFIG: JSON.stringify(config),
      AWS_ACCESS_KEY_ID: options.accessKeyId,
      AWS_SECRET_ACCESS_KEY: options.secretAccessKey,
      ...sparkJavaEnvironment({ python, sparkHome, sparkJars, folder: dataDir }),
    },
    cwd: dataDir,
    ports: [statusPort],
    prepare,
    readiness: 'GET /health',
    probe: async (signal) => {
      const response = await fetch(health, { signal })
      const body = await response.text()
      if (response.status !== 200)
        throw new Error(`${health} answered ${String(response.status)}: ${body.slice(0, 200)}`)
    },
    readyTimeoutMs: 120_000,
    stopTimeoutMs: 30_000, // the first stop also writes the class-data archive: 190 MB
    afterExit: archive.afterExit,
  }
}
