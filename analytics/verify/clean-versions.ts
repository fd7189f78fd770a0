import { entityNames, type CleanOf, type DatasetRow, type EntityName } from '../../contract/index.ts'
import { cleanForeign } from './foreign.ts'
import { readLog } from './kafka-log.ts'
import { sourceRowDigest } from './record-value.ts'
import { type Version, type Versions } from './versions.ts'

export interface CleanVersion<E extends EntityName> {
  /** Copies that hold the same. */
  readonly records: number
  /** Undefined when no independent cleaning can tell. */
  readonly clean: CleanOf[E] | undefined
  /** False for a record that is not the source's row of its ind: posted by hand, or of an earlier data set. */
  readonly isSource: boolean
}

export type CleanVersions = { readonly [E in EntityName]: ReadonlyMap<number, readonly CleanVersion<E>[]> }

/**
 * The clean truth of every version of the given inds: a source row's is the seed's; any other record is read from Kafka once more
 * and cleaned by seed/truth.ts.
 */
export async function cleanVersions(
  versions: Versions,
  inds: readonly number[],
  truth: ReadonlyMap<number, DatasetRow>,
  brokers: readonly string[],
  signal: AbortSignal,
): Promise<CleanVersions> {
  const foreign = new Map<Version, EntityName>()
  const clean = new Map<Version, { clean: CleanOf[EntityName] | undefined; isSource: boolean }>()
  for (const entity of entityNames) {
    for (const ind of inds) {
      const source = truth.get(ind)?.[entity]
      const sourceDigest = source && sourceRowDigest(entity, source.row)
      for (const version of versions[entity].get(ind) ?? []) {
        if (source && version.rowDigest === sourceDigest) clean.set(version, { clean: source.clean, isSource: true })
        else foreign.set(version, entity)
      }
    }
  }
  for (const [version, cleaned] of await cleanedFromLog(foreign, brokers, signal)) {
    clean.set(version, { clean: cleaned, isSource: false })
  }
  const byInd = <E extends EntityName>(entity: E): Map<number, readonly CleanVersion<E>[]> =>
    new Map(
      inds.flatMap((ind) => {
        const ofInd = versions[entity].get(ind)
        if (!ofInd) return []
        return [
          [
            ind,
            ofInd.map((version) => {
              const { clean: cleaned, isSource = false } = clean.get(version) ?? {}
              return { records: version.records, clean: cleaned as CleanOf[E] | undefined, isSource }
            }),
          ] as const,
        ]
      }),
    )
  return { pin: byInd('pin'), geo: byInd('geo'), user: byInd('user') }
}

async function cleanedFromLog(
  foreign: ReadonlyMap<Version, EntityName>,
  brokers: readonly string[],
  signal: AbortSignal,
): Promise<Map<Version, CleanOf[EntityName] | undefined>> {
  const cleaned = new Map<Version, CleanOf[EntityName] | undefined>()
  if (foreign.size === 0) return cleaned
  const wanted = new Map([...foreign.keys()].map((version) => [place(version.log.range, version.offset), version]))
  const ranges = [...new Set([...foreign.keys()].map(({ log }) => log.range))]
  await readLog(
    brokers,
    ranges,
    (topic, partition, { offset, value }) => {
      const version = wanted.get(place({ topic, partition }, offset))
      if (version) cleaned.set(version, cleanForeign(version.log.entity, value))
    },
    signal,
  )
  return cleaned
}

const place = ({ topic, partition }: { topic: string; partition: number }, offset: bigint | string): string =>
  `${topic} ${String(partition)} ${String(offset)}`
