import { type MysqlOptions } from '../clients/mysql.ts'
import { LabError } from '../contract/index.ts'
import { parsePosting, type PostingOptions } from './options.ts'
import { type EmulatorHooks } from './report.ts'
import { postFrom, type EmulatorSummary } from './run.ts'
import { openSource } from './source.ts'
import { isAbort } from './stopping.ts'

export type { EmulatorSummary } from './run.ts'

export type EmulatorOptions = PostingOptions & {
  /** The account that the posts are read with; it needs SELECT only. */
  readonly mysql: MysqlOptions
}

/**
 * The course's posting script: reads posts from the three tables and sends their records to the three topics, the three
 * streams or both, each record once acknowledged with a line in the ledger. A run with a count that was interrupted is taken up
 * by the next call with the same posts, order, seed, paths, partition key and tables, and ends when it has its count; a finished
 * one never is. An endless run ends, finished, when the signal aborts.
 * @throws LabError LAB_USAGE, LAB_EMULATION_FAILED, LAB_DATA_MISMATCH, LAB_DISK_FULL, LAB_STATE_BROKEN, LAB_ALREADY_RUNNING;
 * LAB_INTERRUPTED when the signal stopped a run before it had its count
 */
export async function emulate({ mysql, ...posting }: EmulatorOptions, hooks: EmulatorHooks): Promise<EmulatorSummary> {
  const options = parsePosting(posting)
  try {
    await using source = await openSource(mysql, hooks.signal)
    return await postFrom(source, options, hooks)
  } catch (error) {
    if (!hooks.signal.aborted || !isAbort(error)) throw error
    throw new LabError('LAB_INTERRUPTED', {
      what: 'the emulator was stopped before its first post',
      why: 'it was interrupted',
      fix: 'give the same command again',
      cause: error,
    })
  }
}
