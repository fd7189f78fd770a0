import { databaseName, entities, entityNames, type EntityName } from '../../contract/index.ts'
import { mysqlConnection, type MysqlOptions, type RowDataPacket } from '../../clients/mysql.ts'
import { CheckBuilder, type Check } from './check.ts'

const indsPerQuery = 2_000

/** What was acknowledged came from the source: each ind has its row in its table. */
export async function checkSource(
  mysql: MysqlOptions,
  inds: Readonly<Record<EntityName, ReadonlySet<number>>>,
): Promise<Check> {
  const check = new CheckBuilder('acknowledged-in-source')
  check.count('rows', 0)
  const connection = await mysqlConnection(mysql)
  try {
    for (const entity of entityNames) {
      const { table, keyColumn } = entities[entity]
      const wanted = [...inds[entity]]
      for (let at = 0; at < wanted.length; at += indsPerQuery) {
        const page = wanted.slice(at, at + indsPerQuery)
        const [rows] = await connection.query<RowDataPacket[]>(
          `SELECT \`${keyColumn}\` AS ind FROM ${databaseName}.${table} WHERE \`${keyColumn}\` IN (?)`,
          [page],
        )
        const found = new Set(rows.map((row) => Number(row['ind'])))
        check.count('rows', found.size)
        for (const ind of page) if (!found.has(ind)) check.fault('missing', () => `${table} has no row ${String(ind)}`)
      }
    }
  } finally {
    await connection.end()
  }
  return check.done({
    passed: 'every acknowledged record has its row in MySQL',
    failed: 'rows that were sent are no longer in MySQL: they were deleted, or another data set was loaded since',
  })
}
