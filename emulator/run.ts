import { createHash } from 'node:crypto'
import { LabError, type Acknowledgement, type PathName } from '../contract/index.ts'
import { Delivery } from './delivery.ts'
import { FrontDoor } from './front-door.ts'
import { type ParsedOptions } from './options.ts'
import { Pacer } from './pacer.ts'
import { postPaths } from './paths.ts'
import { requestsOf, type PostRequest } from './posts.ts'
import { printer, reporter, warningsOf, type EmulatorHooks } from './report.ts'
import { type RetryPolicy } from './retry.ts'
import { emissionsOf } from './rows.ts'
import { holdRun, type HeldRun } from './runs.ts'
import { type Source } from './source.ts'
import { Stopping } from './stopping.ts'

/** `posts` and records are the run's, `seconds` and `retries` this process's. */
export interface EmulatorSummary {
  readonly run: string
  readonly posts: number
  /** Of all paths, and of each. */
  readonly records: number
  readonly recordsByPath: Readonly<Record<PathName, number>>
  readonly seconds: number
  /** Posts that earlier processes of the same run had finished. */
  readonly resumedPosts: number
  readonly retries: number
}

const defaultFinishTimeoutMs = 10_000

export interface Tuning {
  readonly retryPolicy?: RetryPolicy
  readonly attemptTimeoutMs?: number
  /** How long posts that have begun may take to finish once the run is stopped or has failed. */
  readonly finishTimeoutMs?: number
}

/** The emulator without its MySQL client: posts from any source. See `emulate`. */
export async function postFrom(
  source: Pick<Source, 'rowCounts' | 'read'>,
  options: ParsedOptions,
  hooks: EmulatorHooks,
  tuning: Tuning = {},
): Promise<EmulatorSummary> {
  const startedMs = performance.now()
  const { posts, order, seed, fresh, paths, partitionKey } = options
  const rowCount = Math.min(...Object.values(source.rowCounts))
  for (const warning of warningsOf(source.rowCounts, order)) hooks.onWarning?.(warning)
  await using run = await holdRun(
    options.ledgerPath,
    {
      posts,
      order,
      seed,
      rowCount,
      sampleDigest: await sampleDigest(source, rowCount),
      paths,
      ...(paths.includes('stream') ? { partitionKey } : {}),
    },
    { fresh, signal: hooks.signal },
  )
  const resumedPosts = run.progress.posts
  let retries = 0
  let retryReason: string | undefined
  const total = posts === 'endless' ? undefined : posts
  const report = reporter(() => ({ ...countsOf(run), total, retries, retryReason }), hooks)

  const stopping = new Stopping(hooks.signal, tuning.finishTimeoutMs ?? defaultFinishTimeoutMs)
  await using door = new FrontDoor({ ...options, ...tuning, signal: stopping.end })
  const delivery = new Delivery({
    door,
    retryPolicy: tuning.retryPolicy,
    signal: stopping.end,
    onRetry: (reason) => {
      retries += 1
      retryReason = reason
      report()
    },
  })
  const pathsByName = postPaths(options, delivery)
  const requests = requestsOf({
    emissions: emissionsOf({ order, seed, rowCount, posts }),
    source,
    progress: run.progress,
    paths: pathsByName,
    batchRecords: options.batchRecords,
    pacer: new Pacer(options.ratePerSecond),
    sleeps: options.sleep === 'course',
    stop: stopping.stop,
    ...(hooks.print ? { onPost: printer(hooks.print) } : {}),
  })
  const send = async ({ path, entity, records }: PostRequest): Promise<void> =>
    pathsByName.get(path)?.post(entity, records, async (acknowledged) => {
      const lines = acknowledged.map(({ record: { emission, ind }, place }): Acknowledgement => ({
        run: run.run,
        emission,
        ind,
        entity,
        ...place,
      }))
      await run.ledger.append(lines)
      for (const { emission } of lines) run.progress.add({ emission, path, entity })
      report()
    })
  const isDrained = await stopping.drain(requests, options.concurrency, send)
  report({ isLast: true })
  if (!isDrained || (posts !== 'endless' && run.progress.posts < posts)) throw interrupted(run, posts)
  await run.finish()
  return {
    run: run.run,
    ...countsOf(run),
    seconds: (performance.now() - startedMs) / 1_000,
    resumedPosts,
    retries,
  }
}

const countsOf = ({ progress: { posts, records, recordsByPath } }: HeldRun) => ({ posts, records, recordsByPath })

/** Of the first, the middle and the last post: enough to tell data sets apart. */
async function sampleDigest(source: Pick<Source, 'read'>, rowCount: number): Promise<string> {
  const sample = await source.read([0, Math.floor(rowCount / 2), rowCount - 1])
  return createHash('sha256')
    .update(JSON.stringify([...sample]))
    .digest('hex')
    .slice(0, 16)
}

const interrupted = ({ run, progress }: HeldRun, posts: ParsedOptions['posts']): LabError =>
  new LabError('LAB_INTERRUPTED', {
    what: `run ${run} was stopped after ${String(progress.posts)}${posts === 'endless' ? '' : ` of ${String(posts)}`} posts`,
    why: 'it was interrupted',
    fix: 'the same command goes on where it stopped; with --fresh it starts over',
  })
