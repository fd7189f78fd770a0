import { streamName, type StreamAcknowledgement } from '../../../contract/index.ts'
import { type Database } from '../../duckdb/database.ts'
import { CheckBuilder, type Check } from '../check.ts'
import { type Acknowledged } from '../stored-checks.ts'
import { addFaults, timestampLiteral } from './sql-faults.ts'

const place = "entity || ' ' || shard_id || '@' || sequence_number"

/**
 * Acknowledged means kept: every stream line of the ledger stands in Kinesis (table `kinesis`), with its ind.
 * @param horizon records that arrived before it may have expired in Kinesis: then they must stand in Delta (view `delta`)
 */
export async function checkAcknowledgedStream(
  database: Database,
  userId: string,
  acknowledgements: AsyncIterable<StreamAcknowledgement>,
  horizon: Date,
  counted: Acknowledged,
): Promise<Check> {
  const check = new CheckBuilder('acknowledged-in-kinesis')
  check.count('acknowledgements', await loadLedger(database, userId, acknowledgements, counted))
  await database.run(
    `CREATE OR REPLACE TEMPORARY VIEW gone AS
     SELECT *, EXISTS (FROM delta d WHERE d.entity = a.entity AND d.shard_id = a.shard_id
                         AND d.sequence_number = a.sequence_number AND d.arrived_at < ${timestampLiteral(horizon)}) AS expired
     FROM acknowledged a ANTI JOIN kinesis USING (entity, shard_id, sequence_number)`,
  )
  await addFaults(
    check,
    database,
    'missing',
    `SELECT ${place} || ': acknowledged (ind ' || ind || '), not in Kinesis' AS told FROM gone WHERE NOT expired`,
  )
  await addFaults(
    check,
    database,
    'other',
    `SELECT ${place} || ': ' || entity || ' ' || a.ind || ' was acknowledged, Kinesis holds another record' AS told
     FROM acknowledged a JOIN kinesis k USING (entity, shard_id, sequence_number)
     WHERE k.kind <> 'row' OR k.ind <> a.ind OR NOT a.is_own_stream`,
  )
  await addFaults(
    check,
    database,
    'acknowledgedTwice',
    `SELECT ${place} || ': acknowledged for ' || count(*) || ' records' AS told
     FROM acknowledged GROUP BY entity, shard_id, sequence_number HAVING count(*) > 1`,
  )
  const [expired] = await database.select('SELECT count(*) AS records FROM gone WHERE expired')
  const records = Number(expired?.['records'])
  if (records > 0) {
    check.count('expired', records)
    check.skip(`${String(records)} acknowledged records have expired in Kinesis since; Delta holds them`)
  }
  return check.done({
    passed: 'every acknowledged record stands in Kinesis at the place that was acknowledged',
    failed: 'acknowledged records are not in Kinesis: they were lost, or Kinesis was emptied and the ledger kept',
  })
}

async function loadLedger(
  database: Database,
  userId: string,
  acknowledgements: AsyncIterable<StreamAcknowledgement>,
  counted: Acknowledged,
): Promise<number> {
  await database.run(
    'CREATE TABLE acknowledged (entity VARCHAR, shard_id VARCHAR, sequence_number VARCHAR, ind INTEGER, is_own_stream BOOLEAN)',
  )
  return database.during(async () => {
    const appender = await database.connection.createAppender('acknowledged')
    let lines = 0
    for await (const { run, emission, ind, entity, stream, shard, sequenceNumber } of acknowledgements) {
      lines++
      counted.acknowledgements++
      counted.posts.add(`${run} ${String(emission)}`)
      counted.inds[entity].add(ind)
      for (const text of [entity, shard, sequenceNumber]) appender.appendVarchar(text)
      appender.appendInteger(ind)
      appender.appendBoolean(stream === streamName(userId, entity))
      appender.endRow()
    }
    appender.closeSync()
    return lines
  })
}
