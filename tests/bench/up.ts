import { TestLab } from '../support/lab.ts'
import { median, type BenchResult } from './result.ts'

export const name = 'up'

const rounds = 5
const posts = 500

/** Warm `lab up`: the tools are there and the data folders initialised; each round starts a stopped lab and verifies it. */
export async function run(): Promise<BenchResult[]> {
  await using lab = await TestLab.create(10_000)
  await lab.json(['up', '--posts', '0'])
  await lab.run(['down'])
  const totalSeconds: number[] = []
  const startSeconds: number[] = []
  const idleMiB: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now()
    const up = await lab.run(['up', '--posts', String(posts), '--json'])
    if (up.code !== 0) throw new Error(`up exited ${String(up.code)}:\n${up.stderr}`)
    totalSeconds.push((performance.now() - startedAt) / 1000)
    startSeconds.push(Number(/✓ start the services .*?\(([\d.]+) s\)/.exec(up.stderr)?.[1] ?? Number.NaN))
    idleMiB.push((await lab.memoryBytes()) / 1_048_576)
    await lab.run(['down'])
  }
  return [
    {
      name: `lab up --posts ${String(posts)}, start to verified`,
      value: median(totalSeconds),
      unit: 's',
      limit: { atMost: 40 },
    },
    { name: 'of it until every service is ready', value: median(startSeconds), unit: 's', limit: { atMost: 12 } },
    {
      name: 'memory of all processes of the idle lab',
      value: median(idleMiB),
      unit: 'MiB',
      limit: { atMost: 1.2 * 1024 },
    },
  ]
}
