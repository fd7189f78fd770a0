import { createHash } from 'node:crypto'
import { LabError, topicName, type Acknowledgement } from '../contract/index.ts'
import { BatchClient } from './batch.ts'
import { type ParsedOptions } from './options.ts'
import { Pacer } from './pacer.ts'
import { requestsOf, type PostRequest } from './posts.ts'
import { printer, reporter, warningsOf, type EmulatorHooks } from './report.ts'
import { type RetryPolicy } from './retry.ts'
import { emissionsOf } from './rows.ts'
import { holdRun, type HeldRun } from './runs.ts'
import { type Source } from './source.ts'
import { Stopping } from './stopping.ts'

/** `posts` and `records` are the run's, `seconds` and `retries` this process's. */
export interface EmulatorSummary {
  readonly run: string
  readonly posts: number
  readonly records: number
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
  const { posts, order, seed, fresh } = options
  const rowCount = Math.min(...Object.values(source.rowCounts))
  for (const warning of warningsOf(source.rowCounts, order)) hooks.onWarning?.(warning)
  await using run = await holdRun(
    options.ledgerPath,
    { posts, order, seed, rowCount, sampleDigest: await sampleDigest(source, rowCount) },
    { fresh, signal: hooks.signal },
  )
  const resumedPosts = run.progress.posts
  let retries = 0
  const report = reporter(
    () => ({ posts: run.progress.posts, total: posts === 'endless' ? undefined : posts, retries }),
    hooks,
  )

  const stopping = new Stopping(hooks.signal, tuning.finishTimeoutMs ?? defaultFinishTimeoutMs)
  await using client = new BatchClient({
    ...options,
    ...tuning,
    signal: stopping.end,
    onRetry: () => {
      retries += 1
      report()
    },
  })
  const requests = requestsOf({
    emissions: emissionsOf({ order, seed, rowCount, posts }),
    source,
    progress: run.progress,
    batchRecords: options.batchRecords,
    pacer: new Pacer(options.ratePerSecond),
    sleeps: options.sleep === 'course',
    stop: stopping.stop,
    ...(hooks.print ? { onPost: printer(hooks.print) } : {}),
  })
  const send = async ({ entity, records }: PostRequest): Promise<void> => {
    const topic = topicName(options.userId, entity)
    await client.post(entity, records, async (acknowledged) => {
      const lines = acknowledged.map(({ record: { emission, ind }, partition, offset }): Acknowledgement => ({
        run: run.run,
        emission,
        ind,
        entity,
        topic,
        partition,
        offset,
      }))
      await run.ledger.append(lines)
      for (const line of lines) run.progress.add(line)
      report()
    })
  }
  const isDrained = await stopping.drain(requests, options.concurrency, send)
  report({ isLast: true })
  if (!isDrained || (posts !== 'endless' && run.progress.posts < posts)) throw interrupted(run, posts)
  await run.finish()
  return {
    run: run.run,
    posts: run.progress.posts,
    records: run.progress.records,
    seconds: (performance.now() - startedMs) / 1_000,
    resumedPosts,
    retries,
  }
}

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
