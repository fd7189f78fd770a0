import { entityNames, streamName } from '../../../contract/index.ts'
import { type Database } from '../../duckdb/database.ts'
import { CheckBuilder, type Check } from '../check.ts'
import { causes } from './shapes.ts'

// below it a few posts of one row would look like a hot shard
const minRecordsForHotKey = 100

/** Looks for the usual slips of producers (PIPELINE_FACTS section 6). Their records are kept, so none of them is a failure. */
export async function checkShapes(database: Database, userId: string): Promise<Check> {
  const check = new CheckBuilder('stream-data-shapes')
  for (const name of ['records', 'spoilt']) check.count(name, 0)
  for (const entity of entityNames) {
    const stream = streamName(userId, entity)
    const shapes = await database.select(
      `SELECT shape, count(*) AS records, max(sequence_number) AS last FROM kinesis
       WHERE entity = '${entity}' AND shape IS NOT NULL GROUP BY shape ORDER BY shape`,
    )
    for (const row of shapes) {
      const [shape, records] = [String(row['shape']), Number(row['records'])]
      check.count('spoilt', records)
      const cause =
        causes[shape] ?? `of another table: the producer sends ${shape}s to this stream too; each table has its own`
      check.warn(`${stream}: ${String(records)} records (the last: ${String(row['last'])}) are ${cause}`)
    }
    const [hottest] = await database.select(
      `SELECT partition_key, count(*) AS records, sum(count(*)) OVER () AS total FROM kinesis WHERE entity = '${entity}'
       GROUP BY partition_key ORDER BY records DESC LIMIT 1`,
    )
    const [records, total] = [Number(hottest?.['records'] ?? 0), Number(hottest?.['total'] ?? 0)]
    check.count('records', total)
    if (total > minRecordsForHotKey && records > total / 2) {
      check.warn(
        `${stream}: ${String(records)} of ${String(total)} records have the partition key ${JSON.stringify(hottest?.['partition_key'])}: one shard takes them all; use the row's ind`,
      )
    }
  }
  return check.done({ passed: 'what the streams hold was looked through for the usual slips of producers', failed: '' })
}
