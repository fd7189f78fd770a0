import { entityNames, type CleanOf, type EntityName } from '../../../contract/index.ts'
import { type Database } from '../../duckdb/database.ts'
import { CheckBuilder, type Check } from '../check.ts'
import { cleanColumns } from '../cleaned-checks.ts'
import { addFaults, timestampLiteral } from './sql-faults.ts'

const place = "entity || ' ' || shard_id || '@' || sequence_number"

/** Faults between the table `kinesis` and the view `delta`: each query gives a line a fault. */
const faults: readonly { readonly name: string; readonly sql: string }[] = [
  {
    name: 'twiceInKinesis',
    sql: `SELECT ${place} || ': several records of Kinesis have this place' AS told
          FROM kinesis GROUP BY entity, shard_id, sequence_number HAVING count(*) > 1`,
  },
  {
    name: 'missing',
    sql: `SELECT ${place} || ' (' || coalesce('ind ' || ind, kind) || '): in Kinesis, in no Delta table' AS told
          FROM kinesis ANTI JOIN delta USING (entity, shard_id, sequence_number) WHERE NOT late`,
  },
  {
    name: 'doubled',
    sql: `SELECT ${place} || ': ' || count(*) || ' times in Delta' AS told
          FROM delta GROUP BY entity, shard_id, sequence_number HAVING count(*) > 1`,
  },
  {
    name: 'rejectedRows',
    sql: `SELECT ${place} || ' (ind ' || k.ind || '): a good row, and yet quarantined as ' || rejected AS told
          FROM kinesis k JOIN delta d USING (entity, shard_id, sequence_number)
          WHERE kind = 'row' AND rejected IS NOT NULL`,
  },
  {
    name: 'notRejected',
    sql: `SELECT ${place} || ': ' || kind || ', and yet in the clean table' AS told
          FROM kinesis k JOIN delta d USING (entity, shard_id, sequence_number)
          WHERE kind <> 'row' AND rejected IS NULL`,
  },
  {
    name: 'wrongReason',
    sql: `SELECT ${place} || ': quarantined as ' || rejected || ', but it is: ' || kind AS told
          FROM kinesis k JOIN delta d USING (entity, shard_id, sequence_number)
          WHERE kind <> 'row' AND rejected IS NOT NULL AND rejected <> kind AND NOT starts_with(rejected, kind || ': ')`,
  },
  {
    name: 'alteredRejects',
    sql: `SELECT ${place} || ': its quarantined text is not that of the record' AS told
          FROM kinesis k JOIN delta d USING (entity, shard_id, sequence_number)
          WHERE kind <> 'row' AND rejected IS NOT NULL AND md5(rejected_value) IS DISTINCT FROM value_md5`,
  },
]

/** Clean truth of a version of a row; undefined when no independent cleaning can tell. */
export type CleanByVersion = ReadonlyMap<string, CleanOf[EntityName] | undefined>
export const versionKey = (entity: EntityName, ind: number, rowDigest: string): string =>
  `${entity} ${String(ind)} ${rowDigest}`

/** Every record of Kinesis stands once in Delta, in the right table and with the right contents, and nothing else does. */
export class DeltaCheck {
  readonly #check = new CheckBuilder('kinesis-in-delta')
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
    for (const name of ['records', 'clean', 'quarantined', 'cells']) this.#check.count(name, 0)
  }

  /** @param horizon records that arrived before it may have expired in Kinesis. @returns how many of Delta's have. */
  async places(horizon: Date): Promise<number> {
    const [counts] = await this.#database.select(
      `SELECT (SELECT count(*) FROM kinesis WHERE NOT late) AS records, count(*) FILTER (WHERE rejected IS NULL) AS clean,
              count(*) FILTER (WHERE rejected IS NOT NULL) AS quarantined FROM delta`,
    )
    for (const [name, count] of Object.entries(counts ?? {})) this.#check.count(name, Number(count))
    for (const { name, sql } of faults) await addFaults(this.#check, this.#database, name, sql)
    const before = timestampLiteral(horizon)
    const unknown = `FROM delta ANTI JOIN kinesis USING (entity, shard_id, sequence_number)`
    await addFaults(
      this.#check,
      this.#database,
      'unknown',
      `SELECT ${place} || coalesce(' (ind ' || ind || ')', '') || ': in Delta, but Kinesis holds no such record' AS told
       ${unknown} WHERE coalesce(arrived_at, 'infinity'::TIMESTAMP) >= ${before}`,
    )
    const [expired] = await this.#database.select(`SELECT count(*) AS records ${unknown} WHERE arrived_at < ${before}`)
    const records = Number(expired?.['records'])
    if (records > 0) {
      this.#check.count('expired', records)
      this.#check.skip(
        `${String(records)} records of Delta have expired in Kinesis: nothing is left to compare them with`,
      )
    }
    return records
  }

  /** Compares the clean rows of the inds with the truth of their records, cell by cell. */
  async contents(truth: CleanByVersion, first: number, last: number): Promise<void> {
    for (const entity of entityNames) {
      const columns = cleanColumns[entity].columns
      const rows = await this.#database.select(
        `SELECT k.sequence_number AS _place, k.ind AS _ind, k.row_digest::VARCHAR AS _digest,
                ${columns.map((column) => `r."${column}"`).join(', ')}
         FROM kinesis k JOIN ${entity}_records r ON r.object_key = k.shard_id AND r."offset" = k.sequence_number
         WHERE k.entity = '${entity}' AND k.kind = 'row' AND r.rejected IS NULL
           AND k.ind BETWEEN ${String(first)} AND ${String(last)}`,
      )
      for (const row of rows) {
        const ind = Number(row['_ind'])
        const key = versionKey(entity, ind, String(row['_digest']))
        const clean = truth.get(key) as Readonly<Record<string, unknown>> | undefined
        if (!clean) {
          this.#check.skip(`no independent cleaning can judge ${entity} ${String(ind)}: it holds nested values`)
          continue
        }
        this.#check.count('cells', columns.length)
        for (const column of columns) {
          const [is, should] = [JSON.stringify(row[column]), JSON.stringify(clean[column])]
          const told = (): string =>
            `${entity} ${String(ind)} @${String(row['_place'])} ${column}: ${is}, the truth is ${should}`
          if (is !== should) this.#check.fault('altered', told)
        }
      }
    }
  }

  done(): Check {
    return this.#check.done({
      passed: 'every record of Kinesis stands once in Delta, clean or in the quarantine, as the truth has it',
      failed:
        'Delta lacks records of Kinesis, holds some twice or changed, or holds some that Kinesis never had: see "lab delta history" of the table',
    })
  }
}
