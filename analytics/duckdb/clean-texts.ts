import { LIST, listValue, VARCHAR } from '@duckdb/node-api'
import { type EntityName } from '../../contract/index.ts'
import { openDatabase, type SqlRow } from './database.ts'
import { sqlText } from './sql-text.ts'

/** Cleans a few records given as texts; a row each, in their order, as clean/<entity>.sql names its columns. */
export async function cleanTexts(entity: EntityName, texts: readonly string[], signal: AbortSignal): Promise<SqlRow[]> {
  await using database = await openDatabase(signal)
  await database.run(await sqlText.prelude())
  await database.during(async () =>
    database.connection.run(
      `CREATE TABLE raw_${entity} AS
       SELECT '' AS object_key, '' AS topic, 0 AS partition, place AS "offset", texts[place + 1] AS value
       FROM (SELECT $1 AS texts), range(len($1)) AS places(place)`,
      [listValue([...texts])],
      [LIST(VARCHAR)],
    ),
  )
  return await database.select(`SELECT * FROM (${await sqlText.clean(entity)}) ORDER BY "offset"`)
}
