import { entityNames, type EntityName } from '../../contract/index.ts'
import { type CleanVersions } from './clean-versions.ts'

/** Inds of which a path keeps a record that is no source row: posted by hand, or of an earlier data set. */
export type KeptForeign = Readonly<Record<EntityName, Set<number>>>

export const noneForeign = (): KeptForeign => ({ pin: new Set(), geo: new Set(), user: new Set() })

export function addKeptForeign(clean: CleanVersions, foreign: KeptForeign): void {
  for (const entity of entityNames)
    for (const [ind, versions] of clean[entity]) if (versions.at(-1)?.isSource === false) foreign[entity].add(ind)
}
