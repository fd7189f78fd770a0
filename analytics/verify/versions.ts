import { entityNames, type EntityName } from '../../contract/index.ts'
import { type LogIndex, type PartitionLog } from './log-index.ts'

/** Copies of one row that hold the same, by their source columns. */
export interface Version {
  readonly rowDigest: bigint
  records: number
  /** Place of the last copy by rule 10's order, (offset, partition). */
  log: PartitionLog
  offset: bigint
}

export type Versions = Readonly<Record<EntityName, ReadonlyMap<number, Version[]>>>

/**
 * The rows that Kafka holds, by entity and ind, the versions of each oldest first: so the last one is what rule 10 keeps.
 * Left out is what S3 is not owed: dead letters, and records after `committedEnds` that no object holds.
 */
export function landedVersions(index: LogIndex, committed: (log: PartitionLog) => bigint): Versions {
  const versions = {
    pin: new Map<number, Version[]>(),
    geo: new Map<number, Version[]>(),
    user: new Map<number, Version[]>(),
  }
  for (const log of index.partitions) {
    const end = committed(log)
    const ofEntity = versions[log.entity]
    for (const offset of log.offsets()) {
      if (log.kind(offset) !== 'row' || log.deadLettered.has(offset)) continue
      if (offset >= end && log.timesStored(offset) === 0) continue
      const ind = log.ind(offset)
      const ofInd = ofEntity.get(ind) ?? []
      if (ofInd.length === 0) ofEntity.set(ind, ofInd)
      addCopy(ofInd, log, offset)
    }
  }
  for (const entity of entityNames) for (const ofInd of versions[entity].values()) ofInd.sort(oldestFirst)
  return versions
}

function addCopy(ofInd: Version[], log: PartitionLog, offset: bigint): void {
  const rowDigest = log.rowDigest(offset)
  const known = ofInd.find((version) => version.rowDigest === rowDigest)
  if (!known) ofInd.push({ rowDigest, records: 1, log, offset })
  else {
    known.records++
    if (oldestFirst(known, { log, offset }) < 0) Object.assign(known, { log, offset })
  }
}

type Place = Pick<Version, 'log' | 'offset'>

function oldestFirst(a: Place, b: Place): number {
  if (a.offset !== b.offset) return a.offset < b.offset ? -1 : 1
  return a.log.range.partition - b.log.range.partition
}

/** Different inds of all entities, ascending. */
export const allInds = (versions: Versions): number[] =>
  [...new Set(entityNames.flatMap((entity) => [...versions[entity].keys()]))].sort((a, b) => a - b)
