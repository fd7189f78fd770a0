import { entityNames, type EntityName } from '../contract/index.ts'

/** What became of an entity's records: records = rows + equalDuplicates + differingDuplicates + rejected. */
export interface TableCounts {
  readonly records: number
  readonly rows: number
  /** Copies equal to the kept one in every clean column, and copies that differ (rule 10). */
  readonly equalDuplicates: number
  readonly differingDuplicates: number
  readonly rejected: number
}

export interface QuarantinedRecord {
  /** Or shard id. */
  readonly objectKey: string
  /** Or sequence number: a text, as it is too long for a number. */
  readonly offset: number | string
  readonly topic: string
  /** The rule's reason, then `: ` and the likely cause if there is one. */
  readonly reason: string
  readonly value: string
}

export interface CleanCounts {
  readonly tables: Readonly<Record<EntityName, TableCounts>>
  /** Rows whose ind is missing in one of the other two tables: no three-way join sees them. */
  readonly orphans: Readonly<Record<EntityName, number>>
  /** Records whose value of a column was neither blank nor a marker and still unusable, so null. */
  readonly nulled: {
    readonly follower_count: number
    readonly coordinates: number
    readonly timestamp: number
    readonly age: number
    readonly date_joined: number
  }
  /** Rows of users that belong to no age group. */
  readonly outsideAgeGroups: { readonly under18: number; readonly unknownAge: number }
  readonly quarantine: { readonly total: number; readonly records: readonly QuarantinedRecord[] }
}

type Row = Readonly<Record<string, unknown>>

/** @param counts rows of counts.sql @param quarantine the first rows of quarantine.sql, in order of place */
export function cleanCounts(counts: readonly Row[], quarantine: readonly Row[]): CleanCounts {
  const named = new Map(counts.map(({ entity, name, count }) => [`${String(entity)} ${String(name)}`, Number(count)]))
  const count = (entity: EntityName, name: string): number => named.get(`${entity} ${name}`) ?? 0
  const byEntity = <T>(value: (entity: EntityName) => T): Record<EntityName, T> => ({
    pin: value('pin'),
    geo: value('geo'),
    user: value('user'),
  })
  return {
    tables: byEntity((entity) => ({
      records: count(entity, 'records'),
      rows: count(entity, 'rows'),
      equalDuplicates: count(entity, 'equal'),
      differingDuplicates: count(entity, 'differing'),
      rejected: count(entity, 'rejected'),
    })),
    orphans: byEntity((entity) => count(entity, 'rows') - count(entity, 'joined')),
    nulled: {
      follower_count: count('pin', 'follower_count_nulled'),
      coordinates: count('geo', 'coordinates_nulled'),
      timestamp: count('geo', 'timestamp_nulled'),
      age: count('user', 'age_nulled'),
      date_joined: count('user', 'date_joined_nulled'),
    },
    outsideAgeGroups: { under18: count('user', 'under_18'), unknownAge: count('user', 'age_unknown') },
    quarantine: {
      total: entityNames.reduce((total, entity) => total + count(entity, 'rejected'), 0),
      records: quarantine.map(quarantined),
    },
  }
}

function quarantined(row: Row): QuarantinedRecord {
  const reason = String(row['reason'])
  const cause = row['likely_cause']
  return {
    objectKey: String(row['object_key']),
    offset: typeof row['offset'] === 'string' ? row['offset'] : Number(row['offset']),
    topic: String(row['topic']),
    // the stream job's quarantine holds the cause with the reason
    reason: typeof cause === 'string' && !reason.endsWith(cause) ? `${reason}: ${cause}` : reason,
    value: String(row['value']),
  }
}
