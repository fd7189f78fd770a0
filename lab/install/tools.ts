import { dirname, join } from 'node:path'

/** Where set-up puts the programs that the native engine runs; all below one tools folder. */
export interface ToolPaths {
  /** Folder of an npm install that holds the lab's own Node (only where the machine's Node is too old). */
  readonly node: string
  /** Folder of jars: the Kafka broker's class path. */
  readonly kafkaLibs: string
  /** MariaDB's base folder: bin/, share/, scripts/. */
  readonly mariadb: string
  /** The S3 server's command, in a Python virtual environment. */
  readonly ministack: string
  readonly venv: string
  /** Python with pyspark in it. */
  readonly sparkPython: string
  /** Spark's own folder: bin/, jars/. */
  readonly sparkHome: string
  /** Folder of the jars of Delta and S3A that Spark is given. */
  readonly sparkJars: string
  /** What was downloaded, kept so that a reinstallation or a resumed one fetches only what is missing. */
  readonly cache: string
}

export const toolPaths = (tools: string): ToolPaths => ({
  node: join(tools, 'node'),
  kafkaLibs: join(tools, 'kafka', 'libs'),
  mariadb: join(tools, 'mariadb'),
  ministack: join(tools, 'venv', 'bin', 'ministack'),
  venv: join(tools, 'venv'),
  sparkPython: join(tools, 'spark', 'bin', 'python'),
  sparkHome: join(tools, 'spark', 'python', 'pyspark'),
  sparkJars: join(tools, 'spark-jars', 'libs'),
  cache: join(dirname(tools), 'cache'),
})
