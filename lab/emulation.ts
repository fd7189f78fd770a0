import { addressesOf } from '../contract/index.ts'
import { emulate, type EmulatorOptions, type EmulatorSummary } from '../emulator/main.ts'
import { mysqlOptionsOf, type RunningLab } from './context.ts'
import { answer, throttled } from './output.ts'

export interface EmulationFlags {
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
      onProgress: ({ posts: done, ratePerSecond, retries }) => {
        sayNow(
          `${String(done)}${posts === 'endless' ? '' : ` of ${String(posts)}`} posts, ${ratePerSecond.toFixed(0)} a second${retries > 0 ? `, ${String(retries)} retries` : ''}`,
        )
      },
      onWarning: say,
      ...(flags.print ? { print: answer } : {}),
    },
  )
}
