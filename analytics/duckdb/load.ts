import { isUtf8 } from 'node:buffer'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BIGINT, LIST, listValue, VARCHAR } from '@duckdb/node-api'
import { entityNames, type EntityName } from '../../contract/index.ts'
import { type StoredObject } from '../objects.ts'
import { queryThreads, type Database } from './database.ts'
import { sqlText } from './sql-text.ts'

// Bounds of one chunk: what DuckDB holds as text at a time, and large enough that a statement's fixed cost does not count.
const maxChunkBytes = 24 * 1024 * 1024
const maxChunkObjects = 2_000

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
 * Cleans objects as they come. A chunk of them is spilled to files, which DuckDB reads as the raw table of clean/<entity>.sql
 * into <entity>_records: twice as fast as handing the texts over in memory. So no raw text outlives its chunk, and cleaning
 * runs beside the fetching.
 */
export async function openLoader(database: Database): Promise<Loader> {
  await database.run(await sqlText.prelude())
  // a chunk is too small to be shared out: two threads take more processor time for it, and Node and S3 have need of theirs
  await database.run('SET threads = 1')
  const clean = new Map<EntityName, string>()
  for (const entity of entityNames) {
    const text = await sqlText.clean(entity)
    clean.set(entity, text)
    await database.run(`CREATE TABLE ${entity}_records AS WITH raw_${entity} AS (${noLines}) SELECT * FROM (${text})`)
  }
  let open: Chunk | undefined
  let chunks = 0
  let running: Promise<void> = Promise.resolve()
  const flush = async (): Promise<void> => {
    await running
    if (open === undefined) return
    const full = open
    open = undefined
    running = cleanChunk(database, full, clean.get(full.entity) ?? '')
    running.catch(() => undefined) // reported at the next flush
  }
  return {
    add: async (entity, object, offsets = []) => {
      if (object.body.length === 0) return
      if (open && open.entity !== entity) await flush()
      open ??= await openChunk(entity, join(database.folder, `chunk-${String(++chunks)}`))
      addToChunk(open, object, offsets)
      if (open.bytes >= maxChunkBytes || open.keys.length >= maxChunkObjects) await flush()
    },
    finish: async () => {
      await flush()
      await running
      await database.run(`SET threads = ${String(queryThreads)}`)
    },
  }
}

interface Chunk {
  readonly entity: EntityName
  readonly folder: string
  bytes: number
  readonly writes: Promise<void>[]
  readonly files: string[]
  readonly keys: string[]
  readonly topics: string[]
  readonly partitions: bigint[]
  readonly starts: bigint[]
  readonly offsets: (readonly bigint[])[]
}

async function openChunk(entity: EntityName, folder: string): Promise<Chunk> {
  await mkdir(folder)
  return {
    entity,
    folder,
    bytes: 0,
    writes: [],
    files: [],
    keys: [],
    topics: [],
    partitions: [],
    starts: [],
    offsets: [],
  }
}

function addToChunk(chunk: Chunk, object: StoredObject, offsets: readonly bigint[]): void {
  const file = join(chunk.folder, `${String(chunk.files.length)}.json`)
  const write = writeFile(file, textOf(object.body))
  write.catch(() => undefined) // reported where the chunk is cleaned
  chunk.writes.push(write)
  chunk.bytes += object.body.length
  chunk.files.push(file)
  chunk.keys.push(object.key)
  chunk.topics.push(object.name.topic)
  chunk.partitions.push(BigInt(object.name.partition))
  chunk.starts.push(object.name.startOffset)
  chunk.offsets.push(offsets)
}

/** The lines without the newline that ends the last one. Bytes that are no UTF-8 become U+FFFD, as DuckDB takes no others. */
function textOf(body: Buffer): Buffer {
  const lines = body.at(-1) === 0x0a ? body.subarray(0, -1) : body
  return isUtf8(lines) ? lines : Buffer.from(lines.toString('utf8'))
}

async function cleanChunk(database: Database, chunk: Chunk, clean: string): Promise<void> {
  const { entity, folder, writes, files, keys, topics, partitions, starts, offsets } = chunk
  await Promise.all(writes)
  await database.during(async () =>
    database.connection.run(
      `INSERT INTO ${entity}_records WITH raw_${entity} AS (${linesOf(folder)}) SELECT * FROM (${clean})`,
      [
        listValue(files),
        listValue(keys),
        listValue(topics),
        listValue(partitions),
        listValue(starts),
        listValue(offsets.map((own) => listValue(own))),
      ],
      [LIST(VARCHAR), LIST(VARCHAR), LIST(VARCHAR), LIST(BIGINT), LIST(BIGINT), LIST(LIST(BIGINT))],
    ),
  )
  await rm(folder, { recursive: true })
}

const noLines = `SELECT '' AS object_key, '' AS topic, 0 AS partition, 0::BIGINT AS "offset", '' AS value LIMIT 0`

/** The raw table of a chunk: a row a line of its files, with what the parameters say of each file. */
const linesOf = (folder: string): string => `
  SELECT object_key, topic, partition, CASE WHEN len(own_offsets) = 0 THEN start + place ELSE own_offsets[place + 1] END AS "offset",
         line AS value
  FROM (SELECT o.object_key, o.topic, o.partition::INTEGER AS partition, o.start, o.own_offsets,
               unnest(f.lines) AS line, unnest(range(len(f.lines))) AS place
        FROM (SELECT filename, string_split(content, chr(10)) AS lines FROM read_text('${folder}/*.json')) f
        JOIN (SELECT unnest($1) AS file, unnest($2) AS object_key, unnest($3) AS topic, unnest($4) AS partition,
                     unnest($5) AS start, unnest($6) AS own_offsets) o ON o.file = f.filename)`
