import { addressesOf, type PathName, type Profile } from '../contract/index.ts'
import { emulate, type EmulatorOptions, type EmulatorSummary } from '../emulator/main.ts'
import { type EmulatorProgress } from '../emulator/report.ts'
import { mysqlOptionsOf, type RunningLab } from './context.ts'
import { answer, throttled } from './output.ts'
import { checkPath } from './paths.ts'

export interface EmulationFlags {
  /** Those of the lab's profile by default. */
  readonly paths?: readonly PathName[]
  readonly partitionKey: string
  readonly rate?: number
  readonly order: EmulatorOptions['order']
  readonly orderSeed: number
  readonly concurrency: number
  readonly batch: number
  readonly sleep: EmulatorOptions['sleep']
  readonly print?: boolean
  readonly fresh?: boolean
}

/** What `up` posts with: the course's sequence, without its pauses. */
export const defaultEmulation: EmulationFlags = {
  partitionKey: 'ind',
  order: 'course',
  orderSeed: 100,
  concurrency: 16,
  batch: 1,
  sleep: 'none',
}

export async function emulation(
  lab: RunningLab,
  posts: EmulatorOptions['posts'],
  flags: EmulationFlags,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<EmulatorSummary> {
  const sayNow = throttled(say, 1_000)
  return emulate(
    {
      invokeUrl: addressesOf(lab.profile).invokeUrl,
      userId: lab.profile.userId,
      mysql: mysqlOptionsOf(lab),
      ledgerPath: lab.home.ledger(lab.profile.userId),
      paths: pathsOf(lab.profile, flags),
      partitionKey: flags.partitionKey,
      posts,
      order: flags.order,
      seed: flags.orderSeed,
      concurrency: flags.concurrency,
      batchRecords: flags.batch,
      sleep: flags.sleep,
      fresh: flags.fresh ?? false,
      ...(flags.rate === undefined ? {} : { ratePerSecond: flags.rate }),
    },
    {
      signal,
      onProgress: (progress) => {
        sayNow(progressText(progress))
      },
      onWarning: say,
      ...(flags.print ? { print: answer } : {}),
    },
  )
}

const reasonCharacters = 60

/** `12 of 500 posts, 0 a second, 3 retries (504 {"message": …)`: the reason while nothing gets through, as it will be the error. */
function progressText({ posts, total, ratePerSecond, retries, retryReason }: EmulatorProgress): string {
  const done = `${String(posts)}${total === undefined ? '' : ` of ${String(total)}`} posts`
  const why = ratePerSecond === 0 && retryReason !== undefined ? ` (${retryReason.slice(0, reasonCharacters)})` : ''
  return `${done}, ${ratePerSecond.toFixed(0)} a second${retries > 0 ? `, ${String(retries)} retries${why}` : ''}`
}

/** @throws LabError LAB_USAGE at a path that this lab does not run */
function pathsOf(profile: Profile, flags: EmulationFlags): readonly PathName[] {
  const asked = flags.paths ?? profile.paths
  for (const path of asked) checkPath(profile, path, '--paths')
  return asked
}

/** `1500 records (batch 900, stream 600)` */
export function recordsText({ records, recordsByPath }: Pick<EmulatorSummary, 'records' | 'recordsByPath'>): string {
  const byPath = Object.entries(recordsByPath).filter(([, count]) => count > 0)
  const shown = byPath.map(([path, count]) => `${path} ${String(count)}`).join(', ')
  return `${String(records)} records${shown && ` (${shown})`}`
}
