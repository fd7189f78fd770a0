import { createHash, randomBytes } from 'node:crypto'
import { mkdir, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { LabError, pathNames } from '../contract/index.ts'
import { cutTornLine, LineAppender, linesOf, readLedger, wholeLine } from './ledger.ts'
import { tryLock } from './lock.ts'
import { pathOf, RunProgress } from './progress.ts'
import { orderNames } from './rows.ts'

/** What makes two commands the same run; how fast and how many at a time does not. */
const RunParameters = z.strictObject({
  posts: z.union([z.int().nonnegative(), z.literal('endless')]),
  order: z.enum(orderNames),
  seed: z.int(),
  /** Rows of the source tables, and a digest of some of them: in other tables the same draws mean other rows. */
  rowCount: z.int().positive(),
  sampleDigest: z.string(),
  /** In the order of `pathNames`; runs of before there were streams took the batch path. */
  paths: z.array(z.enum(pathNames)).default(['batch']),
  /** Of the stream path. */
  partitionKey: z.string().optional(),
})
export type RunParameters = z.infer<typeof RunParameters>

const RunEvent = z.discriminatedUnion('event', [
  z.strictObject({ run: z.string(), event: z.literal('started'), at: z.string(), parameters: RunParameters }),
  /** Never to be taken up again: it has its count, was an endless one that was stopped, or `--fresh` gave it up. */
  z.strictObject({ run: z.string(), event: z.enum(['finished', 'abandoned']), at: z.string() }),
])
type RunEvent = z.infer<typeof RunEvent>

/** Choosing a run takes milliseconds. */
const lockTimeoutMs = 30_000

/** A run that this process holds: nobody else takes it up before it is disposed or the process ends. */
export interface HeldRun extends AsyncDisposable {
  readonly run: string
  /** What earlier processes had acknowledged of it. */
  readonly progress: RunProgress
  readonly ledger: LineAppender
  finish(): Promise<void>
}

/** Runs are kept beside the ledger, one line for a start and one for an end. */
const runsPath = (ledgerPath: string): string => ledgerPath.replace(/(\.jsonl)?$/, '.runs.jsonl')

/**
 * Takes up the oldest unfinished run with the same parameters that no living process holds, or begins a new one; mends the
 * files after a kill. Reads the ledger once, streaming, when a run is taken up.
 * @param fresh begin a new run and give up the unfinished ones with the same parameters
 */
export async function holdRun(
  ledgerPath: string,
  parameters: RunParameters,
  { fresh, signal }: { fresh: boolean; signal: AbortSignal },
): Promise<HeldRun> {
  await mkdir(dirname(ledgerPath), { recursive: true })
  await using held = new AsyncDisposableStack()
  const { run, isResumed } = await claim(ledgerPath, parameters, { fresh, signal }, held)
  const progress = new RunProgress(parameters.paths)
  if (isResumed) await readProgress(ledgerPath, run, progress)
  const ledger = held.use(await LineAppender.open(ledgerPath))
  const kept = held.move()
  return {
    run,
    progress,
    ledger,
    finish: () => record(ledgerPath, [{ run, event: 'finished', at: new Date().toISOString() }]),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Under a lock of the whole ledger: one process at a time mends the files and chooses a run. */
async function claim(
  ledgerPath: string,
  parameters: RunParameters,
  { fresh, signal }: { fresh: boolean; signal: AbortSignal },
  held: AsyncDisposableStack,
): Promise<{ run: string; isResumed: boolean }> {
  await using _ledgerLock = await lockLedger(ledgerPath, signal)
  let resumed: string | undefined
  let someoneElsePosts = false
  const abandoned: string[] = []
  for (const unfinished of await unfinishedRuns(ledgerPath)) {
    const lock = await tryLock(lockOf(unfinished.run))
    if (!lock) {
      someoneElsePosts = true
      continue
    }
    const isSame = isDeepStrictEqual(unfinished.parameters, parameters)
    if (isSame && !fresh && resumed === undefined) {
      resumed = unfinished.run
      held.use(lock)
      continue
    }
    if (isSame && fresh) abandoned.push(unfinished.run)
    await lock[Symbol.asyncDispose]()
  }
  if (!someoneElsePosts) {
    await cutTornLine(ledgerPath)
    await cutTornLine(runsPath(ledgerPath))
  }
  if (resumed !== undefined) return { run: resumed, isResumed: true }

  const at = new Date().toISOString()
  const run = `${at.replaceAll(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`
  const lock = await tryLock(lockOf(run))
  if (!lock) throw new Error(`the name of run ${run} is not its own`)
  held.use(lock)
  await record(ledgerPath, [
    ...abandoned.map((run) => ({ run, event: 'abandoned' as const, at })),
    { run, event: 'started', at, parameters },
  ])
  return { run, isResumed: false }
}

const lockOf = (run: string): string => `run-${run}`

async function lockLedger(ledgerPath: string, signal: AbortSignal): Promise<AsyncDisposable> {
  const path = join(await realpath(dirname(ledgerPath)), basename(ledgerPath))
  const name = `ledger-${createHash('sha256').update(path).digest('hex').slice(0, 32)}`
  const deadlineMs = performance.now() + lockTimeoutMs
  for (;;) {
    const lock = await tryLock(name)
    if (lock) return lock
    if (performance.now() > deadlineMs) {
      throw new LabError('LAB_ALREADY_RUNNING', {
        what: `another emulator has been starting on ${path} for ${String(lockTimeoutMs / 1_000)} s`,
        why: 'it holds the ledger while it chooses its run, which takes a moment only: it hangs',
        fix: 'stop the other emulator, then give the command again',
      })
    }
    await delay(20, undefined, { signal })
  }
}

async function unfinishedRuns(ledgerPath: string): Promise<{ run: string; parameters: RunParameters }[]> {
  const runs = new Map<string, RunParameters>()
  for await (const lines of linesOf(runsPath(ledgerPath))) {
    for (const json of lines.map(wholeLine)) {
      if (json === undefined) continue
      const event = parseEvent(ledgerPath, json)
      if (event.event === 'started') runs.set(event.run, event.parameters)
      else runs.delete(event.run)
    }
  }
  return [...runs].map(([run, parameters]) => ({ run, parameters }))
}

function parseEvent(ledgerPath: string, json: string): RunEvent {
  try {
    return RunEvent.parse(JSON.parse(json))
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof z.ZodError)) throw cause
    throw new LabError('LAB_STATE_BROKEN', {
      what: `a line of ${runsPath(ledgerPath)} is none of the emulator's`,
      why: 'something else has written to the file',
      fix: 'delete the file: interrupted runs are then not taken up again',
      cause,
    })
  }
}

async function record(ledgerPath: string, events: readonly RunEvent[]): Promise<void> {
  await using file = await LineAppender.open(runsPath(ledgerPath))
  await file.append(events)
}

async function readProgress(ledgerPath: string, run: string, progress: RunProgress): Promise<void> {
  for await (const line of readLedger(ledgerPath, run)) progress.add({ ...line, path: pathOf(line) })
}
