import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { LabError } from '../../contract/index.ts'
import { kinesisOptionsOf } from '../context.ts'
import { projectRoot } from '../home.ts'
import { toolPaths } from '../install/tools.ts'
import { type PitfallSite } from './pitfall.ts'
import { recordsBody, sampleRow } from './sample.ts'
import { scratchStream } from './scratch-stream.ts'

const Shown = z.strictObject({ columns: z.array(z.string()), rows: z.array(z.array(z.unknown())) })
const Output = z.strictObject({ wrong: Shown, mended: Shown })
export type SparkOutput = z.infer<typeof Output>

const runProgram = promisify(execFile)
const script = join(projectRoot, 'analytics', 'spark', 'checkpoint_pitfalls.py')

/** @throws LabError LAB_SERVICE_FAILED with the last lines of a program that fails */
async function printedBy(
  python: string,
  demonstration: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    const { stdout } = await runProgram(python, [script, demonstration], { signal, env })
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  } catch (error) {
    signal.throwIfAborted()
    const { stderr = String(error) } = error as { stderr?: string }
    throw new LabError('LAB_SERVICE_FAILED', {
      what: 'the demonstration by Spark failed',
      why: stderr.trim().split('\n').at(-1) ?? '',
      fix: 'see that some 1.5 GB of memory are free, then try again',
      cause: error,
    })
  }
}

/** Records that each stream holds before Spark looks. */
export const recordsBefore = 20

/** Runs a demonstration of checkpoint_pitfalls.py over streams of its own, by a Spark of its own: some 30 s. */
export async function demonstrateBySpark(
  { lab, signal, say }: PitfallSite,
  demonstration: 'shared' | 'deleted',
  streams: number,
): Promise<SparkOutput> {
  const site = { lab, signal, say }
  await using held = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pinlab-pitfall-'))
  held.defer(async () => rm(folder, { recursive: true, force: true }))
  const names: string[] = []
  for (let at = 0; at < streams; at++) {
    const stream = held.use(await scratchStream(site, `checkpoint-${String(at)}`))
    const rows = Array.from({ length: recordsBefore }, (_, ind) => sampleRow('geo', ind))
    await stream.put('records', recordsBody(rows.map((data) => ({ data, partitionKey: String(data.ind) }))))
    names.push(stream.name)
  }
  say('starting Spark, some 30 seconds')
  const tools = toolPaths(lab.home.tools)
  const { endpoint, region, accessKeyId, secretAccessKey } = kinesisOptionsOf(lab)
  const config = { kinesis: { endpointUrl: endpoint, region }, streams: names, folder, jars: tools.sparkJars }
  const env = {
    ...process.env,
    PINLAB_CONFIG: JSON.stringify(config),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  }
  return Output.parse(await printedBy(tools.sparkPython, demonstration, env, signal))
}
