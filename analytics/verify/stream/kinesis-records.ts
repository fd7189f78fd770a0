import { hash } from 'node:crypto'
import { type DuckDBAppender, DuckDBTimestampValue } from '@duckdb/node-api'
import { entityNames, streamName, type DatasetRow, type EntityName } from '../../../contract/index.ts'
import { type KinesisClient } from '../../../clients/kinesis.ts'
import { type Database } from '../../duckdb/database.ts'
import { cleanForeign } from '../foreign.ts'
import { judgeParsed, parseJson, sourceRowDigest, type RecordKind } from '../record-value.ts'
import { readStreams, type Positions, type StreamRecord } from './read-stream.ts'
import { shapeOf } from './shapes.ts'

/** Source rows with their truth, by ind. */
export type LoadTruth = (inds: readonly number[]) => Promise<ReadonlyMap<number, DatasetRow>>

/**
 * The table `kinesis`: what the streams hold, a digest a record, kept by DuckDB so that any number of records fits. `is_source`: the
 * seed knows its clean truth; of another row, `foreign_clean` holds it as JSON, or null where no independent cleaning can tell.
 * `late`: it came after the Delta tables were read, so they do not owe it.
 */
const table = `CREATE TABLE kinesis (
  entity VARCHAR, shard_id VARCHAR, sequence_number VARCHAR, arrived_at TIMESTAMP, partition_key VARCHAR, kind VARCHAR, ind INTEGER,
  row_digest UBIGINT, is_source BOOLEAN, foreign_clean VARCHAR, value_md5 VARCHAR, shape VARCHAR, late BOOLEAN)`

export class KinesisRecords {
  readonly #database: Database
  readonly #loadTruth: LoadTruth
  readonly #positions: Positions = new Map()

  private constructor(database: Database, loadTruth: LoadTruth) {
    this.#database = database
    this.#loadTruth = loadTruth
  }

  static async create(database: Database, loadTruth: LoadTruth): Promise<KinesisRecords> {
    await database.run(table)
    return new KinesisRecords(database, loadTruth)
  }

  /** Adds what the three streams hold, or hold since the last call. */
  async read(client: KinesisClient, userId: string, late: boolean, signal: AbortSignal): Promise<void> {
    const entityOf = new Map(entityNames.map((entity) => [streamName(userId, entity), entity]))
    const take = async (stream: string, records: readonly StreamRecord[]): Promise<void> => {
      const entity = entityOf.get(stream)
      if (entity !== undefined) await this.add(entity, records, late)
    }
    await readStreams(client, [...entityOf.keys()], this.#positions, take, signal)
  }

  async add(entity: EntityName, records: readonly StreamRecord[], late: boolean): Promise<void> {
    const judged = records.map((record) => ({ ...record, ...judgedData(entity, record.data) }))
    const inds = judged.filter(({ kind }) => kind === 'row').map(({ ind }) => ind)
    const truth = await this.#loadTruth([...new Set(inds)])
    await this.#database.during(async () => {
      const appender = await this.#database.connection.createAppender('kinesis')
      for (const record of judged) appendRecord(appender, entity, record, truth.get(record.ind), late)
      appender.closeSync()
    })
  }
}

type JudgedRecord = StreamRecord & ReturnType<typeof judgedData>

/** Nothing stands between Kinesis and the cleaning, so that the text must be JSON to its end; and null is JSON without an ind. */
function judgedData(
  entity: EntityName,
  data: Buffer,
): { text: string; kind: RecordKind; ind: number; rowDigest: bigint } {
  const text = data.toString('utf8')
  const { kind, ind, rowDigest } = judgeParsed(entity, parseJson(text))
  return { text, kind: kind === 'null' ? 'no ind' : kind, ind, rowDigest }
}

function appendRecord(
  appender: DuckDBAppender,
  entity: EntityName,
  record: JudgedRecord,
  truth: DatasetRow | undefined,
  late: boolean,
): void {
  const { shardId, sequenceNumber, arrivedAt, partitionKey, text, data, kind, ind, rowDigest } = record
  const isRow = kind === 'row'
  const isSource = isRow && truth !== undefined && sourceRowDigest(entity, truth[entity].row) === rowDigest
  const foreign = isRow && !isSource ? cleanForeign(entity, data) : undefined
  const orNull = (value: string | undefined): void => {
    if (value === undefined) appender.appendNull()
    else appender.appendVarchar(value)
  }
  for (const value of [entity, shardId, sequenceNumber]) appender.appendVarchar(value)
  if (arrivedAt) appender.appendTimestamp(new DuckDBTimestampValue(BigInt(arrivedAt.getTime()) * 1000n))
  else appender.appendNull()
  appender.appendVarchar(partitionKey)
  appender.appendVarchar(kind)
  if (isRow) appender.appendInteger(ind)
  else appender.appendNull()
  appender.appendUBigInt(rowDigest)
  appender.appendBoolean(isSource)
  orNull(foreign && JSON.stringify(foreign))
  orNull(isRow ? undefined : hash('md5', text))
  orNull(isRow ? undefined : shapeOf(text))
  appender.appendBoolean(late)
  appender.endRow()
}
