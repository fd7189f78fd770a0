import { type CleanOf, type EntityName } from '../../contract/index.ts'
import { type CleanVersions } from './clean-versions.ts'
import { type Fact, type FactOf } from './oracle.ts'

export type GatheredFacts = { readonly [E in EntityName]: Map<number, Fact<E>[]> }
export const emptyFacts = (): GatheredFacts => ({ pin: new Map(), geo: new Map(), user: new Map() })

/** @returns why a fact could not be known, if one could not */
export function addFacts(clean: CleanVersions, right: GatheredFacts, naive: GatheredFacts): string | undefined {
  return (
    addFactsOf<'pin'>(clean.pin, right.pin, naive.pin, ({ category, follower_count }) => ({
      category,
      follower_count,
    })) ??
    addFactsOf<'geo'>(clean.geo, right.geo, naive.geo, ({ country, timestamp }) => ({ country, timestamp })) ??
    addFactsOf<'user'>(clean.user, right.user, naive.user, ({ user_name, age, date_joined }) => ({
      user_name,
      age,
      date_joined,
    }))
  )
}

function addFactsOf<E extends EntityName>(
  clean: CleanVersions[E],
  right: GatheredFacts[E],
  naive: GatheredFacts[E],
  factOf: (row: CleanOf[E]) => FactOf[E],
): string | undefined {
  let unknown: string | undefined
  for (const [ind, versions] of clean) {
    const facts = versions.flatMap(({ records, clean: row }): Fact<E>[] => {
      if (row) return [{ clean: factOf(row), records }]
      unknown ??= `no independent cleaning can judge a record of ind ${String(ind)}: it holds nested values`
      return []
    })
    naive.set(ind, facts)
    right.set(
      ind,
      facts.slice(-1).map((fact) => ({ ...fact, records: 1 })),
    )
  }
  return unknown
}
