import { pathNames, type PathName } from '../../contract/index.ts'
import { TestLab, type ServiceRow } from '../support/lab.ts'
import { median, type BenchResult } from './result.ts'

export const name = 'up'

const rounds = 3
const posts = 500

/** Warm `lab up`: the tools are there and the data folders initialised; each round starts a stopped lab and verifies it. */
export async function run(): Promise<BenchResult[]> {
  const batch = await warmUps(['batch'], 10_000)
  const both = await warmUps(pathNames, 10_100)
  const started = `lab up --posts ${String(posts)}, start to verified`
  return [
    { name: `${started}, batch path`, value: batch.totalSeconds, unit: 's', limit: { atMost: 40 } },
    {
      name: 'of it until every service is ready',
      value: batch.startSeconds,
      unit: 's',
      limit: { atMost: 12 },
    },
    {
      name: 'memory of all processes of the idle lab, batch path',
      value: batch.idleMiB,
      unit: 'MiB',
      limit: { atMost: 1.2 * 1024 },
    },
    { name: `${started}, both paths`, value: both.totalSeconds, unit: 's', limit: { atMost: 90 } },
    {
      name: 'memory of the stream job after it, JVM and Python',
      value: both.streamJobMiB,
      unit: 'MiB',
      limit: { atMost: 1.3 * 1024 },
    },
  ]
}

async function warmUps(paths: readonly PathName[], portOffset: number) {
  await using lab = await TestLab.create(portOffset, { paths })
  await lab.json(['up', '--posts', '0'])
  await lab.run(['down'])
  const rows: { total: number; start: number; idle: number; streamJob: number }[] = []
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now()
    const up = await lab.run(['up', '--posts', String(posts), '--json'])
    if (up.code !== 0) throw new Error(`up exited ${String(up.code)}:\n${up.stderr}`)
    rows.push({
      total: (performance.now() - startedAt) / 1000,
      start: Number(/✓ start the services .*?\(([\d.]+) s\)/.exec(up.stderr)?.[1] ?? Number.NaN),
      idle: mebibytes(await lab.memoryBytes()),
      streamJob: mebibytes((await lab.services()).find(isStreamJob)?.memoryBytes ?? 0),
    })
    await lab.run(['down'])
  }
  return {
    totalSeconds: median(rows.map(({ total }) => total)),
    startSeconds: median(rows.map(({ start }) => start)),
    idleMiB: median(rows.map(({ idle }) => idle)),
    streamJobMiB: median(rows.map(({ streamJob }) => streamJob)),
  }
}

const mebibytes = (bytes: number): number => bytes / 1_048_576
const isStreamJob = ({ name }: ServiceRow): boolean => name === 'spark-stream'
