import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateStreamCommand,
  GetShardIteratorCommand,
  kinesisClient,
  type KinesisClientOptions,
  PutRecordsCommand,
  waitUntilStreamExists,
} from '../../clients/kinesis.ts'
import { s3Process } from '../../lab/engines/native/processes/s3.ts'
import { spawnProcess, untilReady } from '../../lab/engines/native/processes/spawn.ts'
import { labHome } from '../../lab/home.ts'
import { toolPaths } from '../../lab/install/tools.ts'
import { startKinesis } from '../support/services.ts'
import type { KinesisLoad } from './kinesis-load.ts'
import { cpuSecondsOf, runScript } from './processes.ts'
import { type BenchResult, median } from './result.ts'

export const name = 'kinesis'

const rounds = 3
const recordBytes = 1_024
const recordsPerCall = 500
const storedRecords = 1_000_000
const ports = { kinesis: 21_190, ministack: 21_191, filled: 21_192 }

type Action = KinesisLoad['action']
const loads: Readonly<
  Record<Action, { readonly calls: number; readonly concurrency: number; readonly limit: number }>
> = {
  PutRecord: { calls: 2_000, concurrency: 32, limit: 1 / 3 },
  PutRecords: { calls: 60, concurrency: 4, limit: 1 / 2 },
  GetRecords: { calls: 100, concurrency: 4, limit: 1 / 2 },
}
const actions = Object.keys(loads) as Action[]

/** Processor time of the server a call, against MiniStack's, which keeps all in memory here: one load client, rounds interleaved. */
export async function run(): Promise<BenchResult[]> {
  return [...(await runLoads()), ...(await runFilled())]
}

async function runLoads(): Promise<BenchResult[]> {
  await using ours = await startKinesis({ port: ports.kinesis })
  await using ministack = await startMinistack(ports.ministack, ours)
  const servers = { ours, ministack }
  const microseconds = { ours: emptyRounds(), ministack: emptyRounds() }
  for (let round = 0; round <= rounds; round += 1) {
    // Streams of its own: MiniStack looks through what a shard holds at every put.
    const members = { ours: await makeStreams(ours, round), ministack: await makeStreams(ministack, round) }
    for (const action of actions) {
      for (const server of ['ours', 'ministack'] as const) {
        const cost = await cpuPerCall(servers[server], action, members[server][action])
        // The first round warms up.
        if (round > 0) microseconds[server][action].push(cost)
      }
    }
  }
  return actions.flatMap((action): BenchResult[] => {
    const what = action === 'PutRecord' ? action : `${action} of ${String(recordsPerCall)}`
    const our = median(microseconds.ours[action])
    const theirs = median(microseconds.ministack[action])
    return [
      { name: `Kinesis, ${what}, processor time`, value: our, unit: 'µs/call' },
      { name: `MiniStack, ${what}, processor time`, value: theirs, unit: 'µs/call' },
      {
        name: `Kinesis, ${what}, against MiniStack`,
        value: our / theirs,
        unit: '×',
        limit: { atMost: loads[action].limit },
      },
    ]
  })
}

const emptyRounds = (): Record<Action, number[]> => ({ PutRecord: [], PutRecords: [], GetRecords: [] })

interface Server extends KinesisClientOptions {
  readonly pid: number
}

async function cpuPerCall(server: Server, action: Action, members: KinesisLoad['members']): Promise<number> {
  const { endpoint, region, accessKeyId, secretAccessKey, pid } = server
  const { calls, concurrency } = loads[action]
  const before = await cpuSecondsOf(pid)
  await runScript('tests/bench/kinesis-load.ts', {
    ...{ endpoint, region, accessKeyId, secretAccessKey, action, members },
    ...{ records: recordsPerCall, recordBytes, calls, concurrency },
  } satisfies KinesisLoad)
  return (((await cpuSecondsOf(pid)) - before) / calls) * 1e6
}

/** One stream to write to, and one of one shard that holds what is read. @returns each action's members */
async function makeStreams(server: Server, round: number): Promise<Record<Action, KinesisLoad['members']>> {
  const written = `written-${String(round)}`
  const read = `read-${String(round)}`
  const client = kinesisClient(server)
  for (const [StreamName, ShardCount] of [
    [written, 3],
    [read, 1],
  ] as const) {
    await client.send(new CreateStreamCommand({ StreamName, ShardCount }))
    await waitUntilStreamExists({ client, maxWaitTime: 10, minDelay: 1 }, { StreamName })
  }
  const Data = Buffer.alloc(recordBytes, 'x')
  const Records = Array.from({ length: recordsPerCall }, (_, index) => ({ Data, PartitionKey: String(index) }))
  for (let call = 0; call < 4; call += 1) await client.send(new PutRecordsCommand({ StreamName: read, Records }))
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamName: read,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  )
  client.destroy()
  return {
    PutRecord: { StreamName: written },
    PutRecords: { StreamName: written },
    GetRecords: { ShardIterator, Limit: recordsPerCall },
  }
}

/** What a million stored records cost in memory, and what they cost a start. */
async function runFilled(): Promise<BenchResult[]> {
  await using kinesis = await startKinesis({ port: ports.filled })
  const { endpoint, region, accessKeyId, secretAccessKey } = kinesis
  const { PutRecords: members } = await makeStreams(kinesis, 0)
  await runScript('tests/bench/kinesis-load.ts', {
    ...{ endpoint, region, accessKeyId, secretAccessKey, action: 'PutRecords', members },
    ...{ records: recordsPerCall, recordBytes: 256, calls: storedRecords / recordsPerCall, concurrency: 4 },
  } satisfies KinesisLoad)
  const filledMiB = await residentMiB(kinesis.pid)
  const startMs = performance.now()
  await kinesis.restart()
  const startSeconds = (performance.now() - startMs) / 1_000
  return [
    { name: 'Kinesis, a million records stored, memory', value: filledMiB, unit: 'MiB', limit: { atMost: 300 } },
    { name: 'Kinesis, start after kill -9 with them', value: startSeconds, unit: 's', limit: { atMost: 1 } },
    {
      name: 'Kinesis, memory after that start',
      value: await residentMiB(kinesis.pid),
      unit: 'MiB',
      limit: { atMost: 300 },
    },
  ]
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024
}

async function startMinistack(port: number, access: KinesisClientOptions): Promise<Server & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'pinlab-bench-'))
  const spec = s3Process({ ...access, ministack: toolPaths(labHome().tools).ministack, dataDir: folder, port })
  await spec.prepare(AbortSignal.timeout(10_000))
  const kinesisOnly = { ...spec, env: { ...spec.env, SERVICES: 's3,kinesis', PERSIST_STATE: '0', S3_PERSIST: '0' } }
  const running = await spawnProcess(kinesisOnly, process.env, () => undefined)
  await untilReady(kinesisOnly, running, AbortSignal.timeout(spec.readyTimeoutMs))
  return {
    ...access,
    endpoint: `http://127.0.0.1:${String(port)}`,
    pid: running.pid,
    [Symbol.asyncDispose]: async () => {
      running.kill('SIGKILL')
      await running.exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}
