import { z } from 'zod'
import { LabError, pathNames, UserId } from '../contract/index.ts'
import { kinesisLimits } from '../contract/limits.ts'
import { orderNames } from './rows.ts'

const Options = z.strictObject({
  /** Where the API answers, with its stage: `http://host:port/<stage>`. */
  invokeUrl: z.url({ protocol: /^https?$/ }),
  userId: UserId,
  /** LAB_HOME/ledger/<user id>.jsonl; its runs are kept beside it. */
  ledgerPath: z.string().min(1),
  /** Ways that every post takes. */
  paths: z
    .array(z.enum(pathNames))
    .min(1)
    .readonly()
    .default(['batch'])
    .transform((paths) => pathNames.filter((path) => paths.includes(path))),
  /** Of the stream path's records: `ind`, the row's, or a text that all of them have. */
  partitionKey: z.string().min(1).max(kinesisLimits.maxPartitionKeyLength).default('ind'),
  /** Posts of the whole run; each is three records on each path. */
  posts: z.union([z.int().nonnegative(), z.literal('endless')]),
  order: z.enum(orderNames),
  /** Of CPython's `random`; the course's is 100. */
  seed: z.int().default(100),
  /** Posts a second, at most. */
  ratePerSecond: z.number().positive().optional(),
  /** Requests in flight, at most. */
  concurrency: z.int().min(1).max(256).default(16),
  /** Records of one topic or stream in a request, at most; a request waits until it is full. */
  batchRecords: z.int().min(1).max(1_000).default(1),
  sleep: z.enum(['none', 'course']).default('none'),
  /** Begin a new run even where an interrupted one with the same parameters could be taken up. */
  fresh: z.boolean().default(false),
})

export type PostingOptions = Readonly<z.input<typeof Options>>
export type ParsedOptions = Readonly<z.output<typeof Options>>

/** @throws LabError LAB_USAGE with every fault named */
export function parsePosting(options: PostingOptions): ParsedOptions {
  const parsed = Options.safeParse(options)
  if (parsed.success) return parsed.data
  throw new LabError('LAB_USAGE', {
    what: 'the emulator cannot run with these options',
    why: z.prettifyError(parsed.error).replaceAll(/\s*\n\s*/g, ' '),
    fix: '"lab emulate --help" lists the options and what they take',
    cause: parsed.error,
  })
}
