import { BIGINT, LIST, listValue, VARCHAR, type DuckDBPreparedStatement } from '@duckdb/node-api'
import { entityNames, type EntityName } from '../../contract/index.ts'
import { type StoredObject } from '../objects.ts'
import { type Database } from './database.ts'
import { sqlText } from './sql-text.ts'

// Bounds of one chunk. Small enough to hold three of them, large enough that a statement's fixed cost does not count.
const maxChunkBytes = 8 * 1024 * 1024
const maxChunkObjects = 4_000

export interface Loader {
  /**
   * Takes the lines of one object as records. `offsets` are the lines' own offsets; without them a line's offset is the
   * object's start offset plus its place, see docs/decisions. Resolves when there is room for the next.
   */
  add(entity: EntityName, object: StoredObject, offsets?: readonly bigint[]): Promise<void>
  /** Resolves when all is in the tables `pin_records`, `geo_records` and `user_records`. */
  finish(): Promise<void>
}

/**
 * Cleans objects as they come: the lines of a chunk are bound as the raw table of clean/<entity>.sql, whose rows are added to
 * <entity>_records. So no raw text outlives its chunk, and cleaning runs beside the fetching.
 */
export async function openLoader(database: Database): Promise<Loader> {
  await database.run(await sqlText.prelude())
  const tables = new Map<EntityName, RecordsTable>()
  for (const entity of entityNames) tables.set(entity, await recordsTable(database, entity))
  let chunk: Chunk | undefined
  let running: Promise<void> = Promise.resolve()
  const flush = async (): Promise<void> => {
    await running
    if (chunk === undefined) return
    const full = chunk
    chunk = undefined
    running = tableOf(tables, full.entity).append(full)
    running.catch(() => undefined) // reported at the next flush
  }
  return {
    add: async (entity, object, offsets = []) => {
      if (object.body.length === 0) return
      if (chunk && chunk.entity !== entity) await flush()
      chunk ??= { entity, bytes: 0, keys: [], topics: [], partitions: [], starts: [], offsets: [], texts: [] }
      chunk.bytes += object.body.length
      chunk.keys.push(object.key)
      chunk.topics.push(object.name.topic)
      chunk.partitions.push(BigInt(object.name.partition))
      chunk.starts.push(object.name.startOffset)
      chunk.offsets.push(offsets)
      chunk.texts.push(textOf(object.body))
      if (chunk.bytes >= maxChunkBytes || chunk.keys.length >= maxChunkObjects) await flush()
    },
    finish: async () => {
      await flush()
      await running
    },
  }
}

interface Chunk {
  readonly entity: EntityName
  bytes: number
  readonly keys: string[]
  readonly topics: string[]
  readonly partitions: bigint[]
  readonly starts: bigint[]
  readonly offsets: (readonly bigint[])[]
  readonly texts: string[]
}

interface RecordsTable {
  append(chunk: Chunk): Promise<void>
}

function tableOf(tables: ReadonlyMap<EntityName, RecordsTable>, entity: EntityName): RecordsTable {
  const table = tables.get(entity)
  if (!table) throw new Error(`no table for ${entity}`)
  return table
}

/** The lines without the newline that ends the last one. Bytes that are no UTF-8 become U+FFFD. */
function textOf(body: Buffer): string {
  const end = body.at(-1) === 0x0a ? body.length - 1 : body.length
  return body.toString('utf8', 0, end)
}

async function recordsTable(database: Database, entity: EntityName): Promise<RecordsTable> {
  const raw = `raw_${entity}`
  const records = `${entity}_records`
  const clean = await sqlText.clean(entity)
  await database.run(`CREATE TABLE ${records} AS WITH ${raw} AS (${noLines}) SELECT * FROM (${clean})`)
  const insert = await database.connection.prepare(
    `INSERT INTO ${records} WITH ${raw} AS (${boundLines}) SELECT * FROM (${clean})`,
  )
  return {
    append: async (chunk) => {
      bind(insert, chunk)
      await database.during(async () => insert.run())
      insert.clearBindings()
    },
  }
}

const noLines = `SELECT '' AS object_key, '' AS topic, 0 AS partition, 0::BIGINT AS "offset", '' AS value LIMIT 0`

/** The raw table of one chunk, from the six parameters that `bind` binds. */
const boundLines = `SELECT object_key, topic, partition::INTEGER AS partition,
         CASE WHEN len(own_offsets) = 0 THEN start + place ELSE own_offsets[place + 1] END AS "offset", line AS value
  FROM (SELECT object_key, topic, partition, start, own_offsets, unnest(lines) AS line, unnest(range(len(lines))) AS place
        FROM (SELECT unnest($1) AS object_key, unnest($2) AS topic, unnest($3) AS partition, unnest($4) AS start,
                     unnest($5) AS own_offsets, string_split(unnest($6), chr(10)) AS lines))`

function bind(insert: DuckDBPreparedStatement, { keys, topics, partitions, starts, offsets, texts }: Chunk): void {
  insert.bind(
    [
      listValue(keys),
      listValue(topics),
      listValue(partitions),
      listValue(starts),
      listValue(offsets.map((own) => listValue(own))),
      listValue(texts),
    ],
    [LIST(VARCHAR), LIST(VARCHAR), LIST(BIGINT), LIST(BIGINT), LIST(LIST(BIGINT)), LIST(VARCHAR)],
  )
}
