import { streamName } from '../../../contract/index.ts'
import { type HistoryEntry } from '../../delta/history.ts'
import { CheckBuilder, type Check } from '../check.ts'
import { type Checkpoint } from './checkpoint.ts'
import { type DeltaTable } from './delta-records.ts'

/**
 * The tables were only appended to, each micro-batch once, and they agree with the stream job's checkpoints.
 * @param checkpoints by stream; undefined where a stream has none
 */
export function checkHistory(
  userId: string,
  tables: readonly DeltaTable[],
  checkpoints: ReadonlyMap<string, Checkpoint | undefined>,
): Check {
  const check = new CheckBuilder('delta-history')
  for (const name of ['versions', 'batches']) check.count(name, 0)
  for (const table of tables) {
    const { name, entity, history, unreadable } = table
    if (unreadable !== undefined) check.fault('unreadable', () => `${name}: ${unreadable}`)
    check.count('versions', history.length)
    checkEntries(check, name, history)
    checkTransactions(check, table, checkpoints.get(streamName(userId, entity)))
  }
  return check.done({
    passed: 'every version appends one micro-batch of the stream job, in order, as far as its checkpoint has come',
    failed:
      'a table was changed by another hand, or its log and the checkpoint do not belong together: see "lab delta history"',
  })
}

function checkEntries(check: CheckBuilder, name: string, history: readonly HistoryEntry[]): void {
  for (const { version, operation, removesData, transactions } of history) {
    const told = (what: string) => (): string => `${name} version ${String(version)}: ${operation} ${what}`
    check.count('batches', transactions.length)
    if (removesData) check.fault('rewritten', told('removed or rewrote rows of a table that is only appended to'))
    else if (operation === 'WRITE' && transactions.length === 0)
      check.fault('withoutTransaction', told('is no micro-batch of the stream job: it names no app id'))
  }
}

function checkTransactions(
  check: CheckBuilder,
  { name, history, snapshot }: DeltaTable,
  checkpoint: Checkpoint | undefined,
): void {
  const lastOf = new Map<string, number>()
  let current: string | undefined
  for (const { version, transactions } of history) {
    for (const { appId, version: batch } of transactions) {
      const last = lastOf.get(appId)
      const where = `${name} version ${String(version)}: batch ${String(batch)} of app id ${appId}`
      if (last !== undefined && batch <= last)
        check.fault('outOfOrder', () => `${where} comes after its batch ${String(last)}`)
      if (last !== undefined && current !== appId)
        check.fault('outOfOrder', () => `${where} comes after those of a later app id, ${String(current)}`)
      lastOf.set(appId, batch)
      current = appId
    }
  }
  if (current === undefined || !snapshot) return
  if (!checkpoint) {
    check.fault(
      'withoutCheckpoint',
      () => `${name}: the stream job has written it, and has no checkpoint: it was deleted`,
    )
    return
  }
  const { queryId, planned, committed } = checkpoint
  const batch = queryId === undefined ? undefined : snapshot.transactions.get(queryId)
  // a query whose checkpoint was reset is new, and has written nothing until a record comes
  if (batch === undefined) return
  if (planned === undefined || batch > planned)
    check.fault(
      'aheadOfCheckpoint',
      () => `${name}: holds batch ${String(batch)}, the checkpoint knows ${String(planned)}`,
    )
  else if (batch > (committed ?? -1) + 1)
    check.fault(
      'aheadOfCheckpoint',
      () => `${name}: holds batch ${String(batch)}, the checkpoint ended ${String(committed)}`,
    )
}
