import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kinesisClient } from '../../../clients/kinesis.ts'
import { CreateBucketCommand, s3Client } from '../../../clients/s3.ts'
import { spawnProcess, untilReady, type RunningProcess } from '../../../lab/engines/native/processes/spawn.ts'
import { sparkStreamProcess } from '../../../lab/engines/native/processes/spark-stream.ts'
import { type ProcessSpec } from '../../../lab/engines/native/processes/spec.ts'
import { labHome } from '../../../lab/home.ts'
import { toolPaths } from '../../../lab/install/tools.ts'
import { startKinesis, startS3, type TestKinesis, type TestS3 } from '../../support/services.ts'
import { bucket, createStreams, eventually, expectExactlyOnce, putRows, range, userId } from './harness.ts'

const [kinesisPort, s3Port, statusPort] = [21_400, 21_401, 21_402]
const signal = new AbortController().signal
const tools = toolPaths(labHome().tools)

let folder: string
let kinesis: TestKinesis
let s3: TestS3
let spec: ProcessSpec
let running: RunningProcess | undefined
const lines: string[] = []

beforeAll(async () => {
  // blank, quote and comma: a lab may stand in such a folder
  folder = await mkdtemp(join(tmpdir(), "pinlab spark's, "))
  kinesis = await startKinesis({ port: kinesisPort })
  s3 = await startS3({ port: s3Port })
  await s3Client(s3).send(new CreateBucketCommand({ Bucket: bucket }))
  await createStreams(kinesisClient(kinesis), 1)
  const lab = sparkStreamProcess({
    python: tools.sparkPython,
    sparkHome: tools.sparkHome,
    sparkJars: tools.sparkJars,
    dataDir: join(folder, 'spark'),
    checkpoints: join(folder, 'spark', 'checkpoints'),
    archiveDir: folder,
    statusPort,
    userId,
    kinesis: { endpointUrl: kinesis.endpoint, region: kinesis.region },
    s3: { endpoint: s3.endpoint, region: s3.region },
    tablesUri: `s3a://${bucket}/delta`,
    triggerIntervalMs: 500,
    maxRecordsPerBatch: 10_000,
    driverMemoryMiB: 512,
    accessKeyId: kinesis.accessKeyId,
    secretAccessKey: kinesis.secretAccessKey,
  })
  spec = { ...lab, readyTimeoutMs: 400_000, stopTimeoutMs: 200_000 } // whatever else this machine does
})
afterAll(async () => {
  running?.kill('SIGKILL')
  await running?.exited
  await kinesis[Symbol.asyncDispose]()
  await s3[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** Starts the job as the supervisor does; resolves when it is ready. */
async function start(): Promise<RunningProcess> {
  await spec.prepare(signal)
  running = await spawnProcess(spec, process.env, (line) => lines.push(line))
  await untilReady(spec, running, signal)
  return running
}

const procFile = (pid: number, file: string): Promise<string> =>
  readFile(`/proc/${String(pid)}/${file}`, 'utf8').catch(() => '')

/** Spark's JVM: a child of Python. */
async function jvmOf({ pid }: RunningProcess): Promise<number> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const isChild = (await procFile(Number(name), 'status')).includes(`\nPPid:\t${String(pid)}\n`)
    if (isChild && (await procFile(Number(name), 'cmdline')).includes('SparkSubmit')) return Number(name)
  }
  throw new Error(`process ${String(pid)} has no JVM; its last lines:\n${lines.slice(-20).join('\n')}`)
}

async function goneWithin(pid: number, timeoutMs: number): Promise<void> {
  await eventually(async () => {
    const status = await procFile(pid, 'status')
    expect(/^State:\t[ZX]/m.test(status) || status === '', status).toBe(true)
  }, timeoutMs)
}

/** Addresses that a process listens on, as the kernel writes them: port in hexadecimal. */
async function listenersOf(pid: number): Promise<string[]> {
  const found: string[] = []
  const sockets = new Set<string>()
  const fds = join('/proc', String(pid), 'fd')
  for (const fd of await readdir(fds)) {
    const inode = /socket:\[(\d+)\]/.exec(await readlink(join(fds, fd)).catch(() => ''))?.[1]
    if (inode !== undefined) sockets.add(inode)
  }
  for (const table of ['tcp', 'tcp6']) {
    for (const row of (await procFile(pid, `net/${table}`)).split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/)
      if (state === '0A' && sockets.has(inode)) found.push(local)
    }
  }
  return found
}

test(
  'runs in a folder of any name, on the loopback address alone, and ends in order',
  { timeout: 900_000 },
  async () => {
    const job = await start()
    await putRows(kinesisClient(kinesis), range(0, 5))
    await expectExactlyOnce(kinesisClient(kinesis), s3)
    const jvm = await jvmOf(job)
    const listeners = [...(await listenersOf(jvm)), ...(await listenersOf(job.pid))]
    expect(listeners.length).toBeGreaterThan(1)
    for (const address of listeners) expect(address).toMatch(/^(0100007F|0000000000000000FFFF00000100007F):/)

    expect(await job.stop()).toEqual({ code: 0, signal: null })
    await spec.afterExit?.({ wasReady: true, orderly: true })
    expect(await procFile(jvm, 'status')).toBe('')
    expect((await readdir(folder)).filter((name) => name.endsWith('.jsa'))).toHaveLength(1)
  },
)

test(
  'its JVM, even a hanging one, goes with a killed Python; the next start takes the archived classes',
  { timeout: 900_000 },
  async () => {
    const job = await start()
    const jvm = await jvmOf(job)
    expect(await procFile(jvm, 'maps')).toMatch(/classes-[0-9a-f]+\.jsa/)
    process.kill(jvm, 'SIGSTOP')
    try {
      job.kill('SIGKILL')
      await job.exited
      await goneWithin(jvm, 5_000)
    } finally {
      if ((await procFile(jvm, 'cmdline')).includes('SparkSubmit')) process.kill(jvm, 'SIGKILL')
    }
  },
)

test(
  'Python ends with code 1 when its JVM is killed, and nothing is lost over all this',
  { timeout: 900_000 },
  async () => {
    const job = await start()
    await putRows(kinesisClient(kinesis), range(5, 10))
    process.kill(await jvmOf(job), 'SIGKILL')
    expect(await Promise.race([job.exited, sleep(20_000)])).toEqual({ code: 1, signal: null })
    await start()
    await expectExactlyOnce(kinesisClient(kinesis), s3)
  },
)
