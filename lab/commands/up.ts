import { addressesOf, type PathName, type PutRecordTemplate } from '../../contract/index.ts'
import { renderReport } from '../../analytics/verify/report.ts'
import { type Report } from '../../analytics/verify/verify.ts'
import { homeOf, type CommandContext, type RunningLab } from '../context.ts'
import { ensureCredentials } from '../credentials.ts'
import { defaultEmulation, emulation } from '../emulation.ts'
import { nativeEngine } from '../engines/native/engine.ts'
import { arrived } from '../arrived.ts'
import { answer, answerJson, note, Stages, styled } from '../output.ts'
import { prepareMachine } from '../prepare.ts'
import { sayEvents } from '../progress.ts'
import { resolveProfile, saveProfile } from '../settings.ts'
import { ensureSource } from '../source.ts'
import { keyValueTable } from '../tables.ts'
import { verifyLab } from '../verification.ts'

interface UpOptions {
  readonly engine?: string
  readonly posts?: number
  readonly seed?: number
  readonly size?: number
  readonly userId?: string
  readonly portOffset?: number
  readonly flushSize?: number
  readonly partitions?: number
  readonly paths?: readonly PathName[]
  readonly shards?: number
  readonly shardLimits?: 'on' | 'off'
  readonly putRecordTemplate?: PutRecordTemplate
  readonly json?: boolean
}

const defaultPosts = 500

const pathTargets: Readonly<Record<PathName, string>> = { batch: 'REST proxy → Kafka', stream: 'Kinesis' }

/**
 * The whole pipeline in one go. Until it ends the services live and die with this command: Ctrl-C or a kill of it leaves
 * nothing behind. A failed stage or check leaves the lab running, to be looked at. Exit code 1 when a check fails.
 */
export async function up(context: CommandContext, options: UpOptions): Promise<number> {
  const { signal } = context
  const stages = new Stages()
  const home = homeOf(context)
  const profile = await resolveProfile(home, {
    engine: options.engine,
    userId: options.userId,
    portOffset: options.portOffset,
    flushSizeRecords: options.flushSize,
    partitions: options.partitions,
    paths: options.paths,
    shards: options.shards,
    enforceShardLimits: options.shardLimits === undefined ? undefined : options.shardLimits === 'on',
    putRecordTemplate: options.putRecordTemplate,
  })
  note(styled('bold', `pinlab: engine ${profile.engine}, user ${profile.userId}, home ${home.root}`))
  await prepareMachine({ home, portOffset: profile.portOffset, env: context.env, stages, signal })
  const lab: RunningLab = { home, profile, credentials: await ensureCredentials(home.credentials) }

  await using started = await stages.run('start the services', async (say) =>
    nativeEngine.start({ ...lab, signal, onEvent: sayEvents(say) }),
  )
  await saveProfile(home, profile)
  let report: Report
  try {
    report = await runPipeline(lab, options, stages, signal)
  } catch (error) {
    if (!signal.aborted) await started.detach()
    throw error
  }
  await started.detach()

  summarise(lab, report, stages.elapsedMs / 1000, options.json ?? false)
  return report.ok ? 0 : 1
}

async function runPipeline(lab: RunningLab, options: UpOptions, stages: Stages, signal: AbortSignal): Promise<Report> {
  await stages.run('seed: rows → MySQL', async (say) => ensureSource(lab, options, signal, say))
  const posts = options.posts ?? defaultPosts
  if (posts > 0) {
    const targets = lab.profile.paths.map((path) => pathTargets[path]).join(', ')
    await stages.run(`emulate: ${String(posts)} posts → gateway → ${targets}`, async (say) =>
      emulation(lab, posts, defaultEmulation, signal, say),
    )
  }
  await arrived(lab, stages, signal)
  return stages.run('clean, query and verify', async (say) => verifyLab(lab, signal, { say }))
}

function summarise({ profile }: RunningLab, report: Report, seconds: number, json: boolean): void {
  const addresses = addressesOf(profile)
  const { posts, records, objects, kinesisRecords, deltaRows } = report.counts
  if (json) {
    answerJson({
      ok: report.ok,
      posts,
      records,
      objects,
      kinesisRecords,
      deltaRows,
      seconds: Number(seconds.toFixed(2)),
      userId: profile.userId,
      checks: report.checks,
      addresses,
    })
    return
  }
  answer(renderReport(report))
  answer('')
  answer(keyValueTable(addresses))
  answer('')
  const verdict = report.ok
    ? styled('green', 'verified', process.stdout)
    : styled('red', 'NOT verified', process.stdout)
  const batch = `batch ${String(records)} records in ${String(objects)} objects`
  const stream = `stream ${String(kinesisRecords)} records in ${String(deltaRows)} Delta rows`
  const told = profile.paths.map((path) => ({ batch, stream })[path]).join(', ')
  answer(`${verdict}: ${String(posts)} posts, ${told}; ${seconds.toFixed(1)} s`)
  const look = profile.paths.includes('batch') ? 'consume TOPIC' : 'streams tail STREAM'
  answer(`next: npx lab query all | npx lab ${look} --from-beginning --max 3 | make emulate POSTS=1000 | make down`)
}
