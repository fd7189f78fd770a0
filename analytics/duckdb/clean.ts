import {
  entityNames,
  queryColumns,
  type AnswerRow,
  type Answers,
  type EntityName,
  type QueryId,
  type Variant,
} from '../../contract/index.ts'
import { type Database, type SqlRow } from './database.ts'
import { sqlText } from './sql-text.ts'

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

const maxQuarantineShown = 1_000

/** Applies rule 10 to what the loader cleaned, makes the views of the right variant, and counts. */
export async function finishCleaning(database: Database): Promise<CleanCounts> {
  await database.run(`CREATE OR REPLACE TABLE superseded AS ${await sqlText.superseded()}`)
  await useVariant(database, 'right')
  await database.run(`CREATE OR REPLACE TEMPORARY VIEW age_groups AS ${await sqlText.ageGroups()}`)
  const counts = new Map<unknown, number>()
  for (const { entity, name, count } of await database.select(await sqlText.counts())) {
    counts.set(`${String(entity)} ${String(name)}`, Number(count))
  }
  const count = (entity: EntityName, name: string): number => counts.get(`${entity} ${name}`) ?? 0
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
      records: await quarantined(database),
    },
  }
}

export async function useVariant(database: Database, variant: Variant): Promise<void> {
  await database.run(await sqlText.variant(variant))
}

/** Answers over the views of the variant in use; each row holds exactly the query's output columns, in their order. */
export async function runQueries(database: Database, queries: readonly QueryId[]): Promise<Partial<Answers>> {
  const answers: Partial<Answers> = {}
  for (const id of queries) {
    const rows = await database.select(await sqlText.query(id))
    answers[id] = rows.map((row) => answerRow(id, row))
  }
  return answers
}

function answerRow(id: QueryId, row: SqlRow): AnswerRow {
  const answer: AnswerRow = {}
  for (const column of queryColumns[id]) {
    const value = row[column]
    if (value === undefined || typeof value === 'boolean' || Array.isArray(value)) {
      throw new Error(`query ${id} gives no scalar column ${column}`)
    }
    answer[column] = value
  }
  return answer
}

async function quarantined(database: Database): Promise<QuarantinedRecord[]> {
  const rows = await database.select(
    `SELECT * FROM (${await sqlText.quarantine()}) ORDER BY object_key, "offset" LIMIT ${String(maxQuarantineShown)}`,
  )
  return rows.map((row) => ({
    objectKey: String(row['object_key']),
    offset: typeof row['offset'] === 'string' ? row['offset'] : Number(row['offset']),
    topic: String(row['topic']),
    reason: [row['reason'], row['likely_cause']].filter((text) => typeof text === 'string').join(': '),
    value: String(row['value']),
  }))
}
