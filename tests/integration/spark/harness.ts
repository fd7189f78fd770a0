import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { readParquet, takeDataFiles } from '../../../analytics/delta/data-files.ts'
import { readSnapshot, type Snapshot } from '../../../analytics/delta/snapshot.ts'
import { openStorage } from '../../../analytics/delta/storage.ts'
import { openDatabase, type SqlRow } from '../../../analytics/duckdb/database.ts'
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  PutRecordsCommand,
  type KinesisClient,
} from '../../../clients/kinesis.ts'
import {
  deltaTableName,
  entityNames,
  quarantineTableName,
  streamName,
  type EntityName,
} from '../../../contract/index.ts'
import { sparkStreamProcess } from '../../../lab/engines/native/processes/spark-stream.ts'
import { type ProcessSpec } from '../../../lab/engines/native/processes/spec.ts'
import { labHome } from '../../../lab/home.ts'
import { toolPaths } from '../../../lab/install/tools.ts'
import { type TestKinesis, type TestS3 } from '../../support/services.ts'

export const userId = 'a1b2c3d4e5f6'
export const bucket = `user-${userId}-bucket`
const tablesUri = `s3a://${bucket}/delta`
const tools = toolPaths(labHome().tools)
const folder = join(import.meta.dirname, '..', '..', '..', 'analytics', 'spark')

/** Tries until `check` holds; the last failure is told when the deadline passes. */
export async function eventually<T>(check: () => Promise<T>, deadlineMs = 90_000): Promise<T> {
  const end = Date.now() + deadlineMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > end) throw error
      await sleep(250)
    }
  }
}

/** Environment of a Python process with Spark that reads Kinesis and S3. */
export const sparkEnvironment = ({ accessKeyId, secretAccessKey }: TestKinesis): NodeJS.ProcessEnv => ({
  ...process.env,
  PYTHONPATH: folder,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
})
export const sparkTools = { python: tools.sparkPython, jars: tools.sparkJars }

export interface QueryStatus {
  readonly stream: string
  readonly table: string
  readonly appId: string
  readonly isActive: boolean
  readonly batchId: number | null
  readonly inputRows: number
  readonly behindMs: number
  readonly lastBatchAt: string | null
}

interface StreamJobServers {
  readonly kinesis: TestKinesis
  readonly s3: TestS3
  readonly statusPort: number
}

const maxRestarts = 2

/** The stream job as the lab runs it: a process of its own, with checkpoints that outlive it. */
export class StreamJob implements AsyncDisposable {
  readonly #statusPort: number
  readonly #spec: ProcessSpec
  readonly folder: string
  #child: ChildProcess | undefined
  #restarts = 0
  log = ''

  private constructor(
    { kinesis, s3, statusPort }: StreamJobServers,
    settings: { readonly maxRecordsPerBatch?: number },
    folder: string,
  ) {
    this.#statusPort = statusPort
    this.folder = folder
    this.#spec = sparkStreamProcess({
      python: tools.sparkPython,
      sparkHome: tools.sparkHome,
      sparkJars: tools.sparkJars,
      dataDir: folder,
      checkpoints: this.checkpoints,
      archiveDir: dirname(tools.sparkJars),
      statusPort,
      userId,
      kinesis: { endpointUrl: kinesis.endpoint, region: kinesis.region },
      s3: { endpoint: s3.endpoint, region: s3.region },
      tablesUri,
      triggerIntervalMs: 500,
      maxRecordsPerBatch: 10_000,
      driverMemoryMiB: 512,
      accessKeyId: kinesis.accessKeyId,
      secretAccessKey: kinesis.secretAccessKey,
      ...settings,
    })
  }

  static async create(
    servers: StreamJobServers,
    settings: { readonly maxRecordsPerBatch?: number } = {},
  ): Promise<StreamJob> {
    return new StreamJob(servers, settings, await mkdtemp(join(tmpdir(), 'pinlab-spark-')))
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get checkpoints(): string {
    return join(this.folder, 'checkpoints')
  }

  checkpoint(entity: EntityName): string {
    return join(this.checkpoints, streamName(userId, entity))
  }

  /** Starts the process as the lab does, with its class-data archive; it need not become healthy. */
  async spawn(): Promise<void> {
    const spec = this.#spec
    await spec.prepare(new AbortController().signal)
    this.#child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...spec.env },
    })
    for (const output of [this.#child.stdout, this.#child.stderr])
      output?.setEncoding('utf8').on('data', (text: string) => (this.log += text))
  }

  /** Starts it; resolves when the three queries run. */
  async start(): Promise<void> {
    await this.spawn()
    const ended = this.exited().then((code) => {
      throw new Error(`the job ended with ${String(code)}:\n${this.log}`)
    })
    const healthy = eventually(async () => {
      const health = await fetch(`${this.#url}/health`)
      expect(health.status, `${await health.text()} ${this.log}`).toBe(200)
    }, 150_000)
    ended.catch(() => undefined)
    await Promise.race([healthy, ended])
  }

  /** Starts it again when it ended by itself, as the lab's supervisor does; twice at most, and tells why it ended. */
  async restartIfEnded(): Promise<void> {
    const code = this.#child?.exitCode
    if (code === null || code === undefined) return
    const why = this.log.slice(-4_000)
    if (++this.#restarts > maxRestarts) throw new Error(`the job ended ${String(this.#restarts)} times:\n${why}`)
    process.stderr.write(`the job ended with ${String(code)} and is started again:\n${why}\n`)
    await this.start()
  }

  async queries(): Promise<QueryStatus[]> {
    return ((await (await fetch(`${this.#url}/queries`)).json()) as { queries: QueryStatus[] }).queries
  }

  /** Exit code of the process that runs now. */
  async exited(): Promise<number | null> {
    const child = this.#child
    if (child?.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
    return ((await once(child, 'exit')) as [number | null])[0]
  }

  /** SIGKILL for Python, or for Spark's JVM alone; resolves when all of them are gone. */
  async kill(victim: 'python' | 'jvm' = 'python'): Promise<void> {
    const family = await this.#descendants()
    const jvm = family.find(({ command }) => command.includes('java'))?.pid
    process.kill(victim === 'jvm' && jvm !== undefined ? jvm : this.pid, 'SIGKILL')
    await this.exited()
    await this.#spec.afterExit?.({ wasReady: true, orderly: false })
    await eventually(async () => {
      for (const { pid } of family) expect(await commandOf(pid)).toBe('')
    }, 20_000)
  }

  async stop(): Promise<number | null> {
    this.#child?.kill('SIGTERM')
    const code = await this.exited()
    await this.#spec.afterExit?.({ wasReady: true, orderly: code === 0 })
    return code
  }

  /** SIGSTOP or SIGCONT for all its processes. */
  async signal(name: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    process.kill(this.pid, name)
    for (const { pid } of await this.#descendants()) {
      try {
        process.kill(pid, name)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // Spark's helpers come and go
      }
    }
  }

  /** Resident memory of the process and all below it. */
  async memoryMiB(): Promise<number> {
    const pids = [this.pid, ...(await this.#descendants()).map(({ pid }) => pid)]
    const sizes = await Promise.all(
      pids.map(async (pid) => /VmRSS:\s+(\d+)/.exec(await readProc(pid, 'status'))?.[1] ?? '0'),
    )
    return sizes.reduce((sum, kib) => sum + Number(kib), 0) / 1_024
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) await this.kill()
    await rm(this.folder, { recursive: true, force: true })
  }

  get #url(): string {
    return `http://127.0.0.1:${String(this.#statusPort)}`
  }

  async #descendants(): Promise<{ pid: number; command: string }[]> {
    const parents = new Map<number, number>()
    for (const name of await readdir('/proc')) {
      const parent = /^PPid:\s+(\d+)/m.exec(await readProc(Number(name), 'status'))?.[1]
      if (parent !== undefined) parents.set(Number(name), Number(parent))
    }
    const found = [this.pid]
    for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child)
    return Promise.all(found.slice(1).map(async (pid) => ({ pid, command: await commandOf(pid) })))
  }
}

const readProc = async (pid: number, file: string): Promise<string> =>
  Number.isNaN(pid) ? '' : readFile(`/proc/${String(pid)}/${file}`, 'utf8').catch(() => '')

/** Empty for a process that is gone, or dead and not yet collected. */
const commandOf = async (pid: number): Promise<string> => readProc(pid, 'cmdline')

export async function createStreams(kinesis: KinesisClient, shards = 2): Promise<void> {
  for (const entity of entityNames)
    await kinesis.send(new CreateStreamCommand({ StreamName: streamName(userId, entity), ShardCount: shards }))
}

/** Puts texts as records, again until Kinesis has taken each; partition keys are their places. */
export async function put(
  kinesis: KinesisClient,
  entity: EntityName,
  texts: readonly (string | Buffer)[],
): Promise<void> {
  for (let from = 0; from < texts.length; from += 500) {
    let left = texts
      .slice(from, from + 500)
      .map((text, at) => ({ Data: Buffer.from(text), PartitionKey: String(from + at) }))
    while (left.length > 0) {
      const records = left
      const { Records: results = [] } = await eventually(async () =>
        kinesis.send(new PutRecordsCommand({ StreamName: streamName(userId, entity), Records: records })),
      )
      left = records.filter((_, at) => results[at]?.ErrorCode !== undefined)
      if (left.length > 0) await sleep(200)
    }
  }
}

/** `<shard> <sequence number>` of every record that a stream holds, in order by shard. */
export async function recordsOf(kinesis: KinesisClient, entity: EntityName): Promise<string[]> {
  const StreamName = streamName(userId, entity)
  const { Shards: shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }))
  const found: string[] = []
  for (const { ShardId = '' } of shards) {
    const position = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const
    let { ShardIterator: iterator } = await kinesis.send(new GetShardIteratorCommand(position))
    while (iterator !== undefined) {
      const at: string = iterator
      const page = await eventually(async () => kinesis.send(new GetRecordsCommand({ ShardIterator: at })))
      found.push(...(page.Records ?? []).map(({ SequenceNumber = '' }) => `${ShardId} ${SequenceNumber}`))
      iterator = page.MillisBehindLatest === 0 ? undefined : page.NextShardIterator
    }
  }
  return found.sort()
}

export interface TableContent {
  readonly snapshot: Snapshot
  readonly rows: readonly SqlRow[]
}

/** All rows of an entity's clean or quarantine table. */
export async function readTable(s3: TestS3, kind: 'clean' | 'quarantine', entity: EntityName): Promise<TableContent> {
  const signal = new AbortController().signal
  await using database = await openDatabase(signal)
  using storage = openStorage(tablesUri, s3, signal)
  const table = kind === 'clean' ? deltaTableName(userId, entity) : quarantineTableName(userId, entity)
  const snapshot = await readSnapshot(storage, table, database)
  if (!snapshot) throw new Error(`there is no table ${table}`)
  const rows: SqlRow[] = []
  await takeDataFiles(storage, snapshot, snapshot.files, database, async (paths) => {
    rows.push(...(await database.select(`SELECT * FROM ${readParquet(paths)}`)))
  })
  return { snapshot, rows }
}

/** Rows of the clean tables by their logs alone. */
export async function countClean(s3: TestS3): Promise<number> {
  const signal = new AbortController().signal
  await using database = await openDatabase(signal)
  using storage = openStorage(tablesUri, s3, signal)
  let count = 0
  for (const entity of entityNames) {
    const snapshot = await readSnapshot(storage, deltaTableName(userId, entity), database)
    for (const { records = Number.NaN } of snapshot?.files ?? []) count += records
  }
  return count
}

/** Every record of each stream is in exactly one of its two tables, once. */
export async function expectExactlyOnce(kinesis: KinesisClient, s3: TestS3, deadlineMs?: number): Promise<void> {
  for (const entity of entityNames) {
    const records = await recordsOf(kinesis, entity)
    await eventually(async () => {
      const stored: string[] = []
      for (const kind of ['clean', 'quarantine'] as const) {
        const { rows } = await readTable(s3, kind, entity)
        stored.push(...rows.map((row) => `${String(row['shard_id'])} ${String(row['sequence_number'])}`))
      }
      const different = new Set(stored)
      const missing = records.filter((record) => !different.has(record)).length
      const twice = stored.length - different.size
      expect({ missing, twice, stored: stored.length }).toEqual({
        missing: 0,
        twice: 0,
        stored: records.length,
      })
    }, deadlineMs)
  }
}

export const rowOf: Readonly<Record<EntityName, (ind: number) => string>> = {
  pin: (index) =>
    JSON.stringify({
      index,
      unique_id: `id-${String(index)}`,
      title: `Title ${String(index)} 🎄`,
      description: 'A description '.repeat(10),
      poster_name: 'A poster',
      follower_count: '124k',
      tag_list: 'One,Two',
      is_image_or_video: 'image',
      image_src: 'https://i.pinimg.com/originals/a.jpg',
      downloaded: 1,
      save_location: 'Local save in /data/art',
      category: 'art',
    }),
  geo: (ind) =>
    JSON.stringify({
      ind,
      timestamp: '2018-03-04 05:06:07',
      latitude: -88.4642,
      longitude: -171.061,
      country: 'Albania',
    }),
  user: (ind) =>
    JSON.stringify({ ind, first_name: 'Aaron', last_name: 'Abbott', age: 20, date_joined: '2015-10-23 16:11:28' }),
}

/** Good rows of all three entities. */
export async function putRows(kinesis: KinesisClient, inds: readonly number[]): Promise<void> {
  for (const entity of entityNames) await put(kinesis, entity, inds.map(rowOf[entity]))
}

export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at)
