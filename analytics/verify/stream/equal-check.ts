import { entityNames, type EntityName } from '../../../contract/index.ts'
import { type Database } from '../../duckdb/database.ts'
import { CheckBuilder, type Check } from '../check.ts'
import { cleanColumns } from '../cleaned-checks.ts'
import { addFaults } from './sql-faults.ts'

const kept = (entity: EntityName): string => `batch_${entity}`

/** Keeps the batch path's clean rows, so that the stream path's can take their tables. */
export async function keepBatchRows(database: Database): Promise<void> {
  for (const entity of entityNames) {
    const { view, columns } = cleanColumns[entity]
    await database.run(
      `CREATE TABLE ${kept(entity)} AS SELECT ${columns.map((column) => `"${column}"`).join(', ')} FROM ${view}`,
    )
  }
}

/**
 * Both paths make the same clean row of the same post, rule 10 included.
 * @param foreign inds whose newest record is no source row on one of the paths: they may differ rightly, as each was posted by hand
 */
export async function checkPathsEqual(
  database: Database,
  foreign: Readonly<Record<EntityName, ReadonlySet<number>>>,
): Promise<Check> {
  const check = new CheckBuilder('stream-equals-batch')
  for (const name of ['rows', 'onlyBatch', 'onlyStream', 'notComparable']) check.count(name, 0)
  for (const entity of entityNames) {
    const { view, columns } = cleanColumns[entity]
    const excluded = foreign[entity].size === 0 ? 'false' : `ind IN (${[...foreign[entity]].join(', ')})`
    const both = `FROM ${kept(entity)} b FULL JOIN ${view} s USING (ind)`
    const [counts] = await database.select(
      `SELECT count(*) FILTER (WHERE b.ind IS NOT NULL AND s.ind IS NOT NULL AND NOT ${excluded}) AS rows,
              count(*) FILTER (WHERE s.ind IS NULL) AS "onlyBatch", count(*) FILTER (WHERE b.ind IS NULL) AS "onlyStream",
              count(*) FILTER (WHERE ${excluded}) AS "notComparable" ${both}`,
    )
    for (const [name, count] of Object.entries(counts ?? {})) check.count(name, Number(count))
    for (const column of columns.filter((name) => name !== 'ind')) {
      await addFaults(
        check,
        database,
        'differing',
        `SELECT '${entity} ' || ind || ' ${column}: batch ' || coalesce(b."${column}"::VARCHAR, 'null') || ', stream '
                || coalesce(s."${column}"::VARCHAR, 'null') AS told
         FROM ${kept(entity)} b JOIN ${view} s USING (ind)
         WHERE b."${column}" IS DISTINCT FROM s."${column}" AND NOT ${excluded}`,
      )
    }
  }
  return check.done({
    passed: 'whatever both paths hold, they have cleaned to the same rows',
    failed: 'the two paths made different rows of the same posts: see the checks of both for the one that is wrong',
  })
}
