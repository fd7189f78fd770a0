import { z } from 'zod'
import { type Storage } from '../../delta/storage.ts'

/** What Spark's checkpoint of one stream says, `<checkpoints>/<stream>/`. */
export interface Checkpoint {
  /** The query's id, which the stream job writes to Delta as its app id. */
  readonly queryId: string | undefined
  /** Newest batch that was planned, and newest that was ended. */
  readonly planned: number | undefined
  readonly committed: number | undefined
}

/** Positions in the shards, as the Kinesis source keeps them: a sequence number; empty before the first record; `end` of a closed shard. */
export type ShardPositions = Readonly<Record<string, string>>

/** @returns undefined when there is no checkpoint */
export async function readCheckpoint(storage: Storage, stream: string): Promise<Checkpoint | undefined> {
  const metadata = await storage.read(`${stream}/metadata`)
  const planned = await newestBatch(storage, `${stream}/offsets`)
  const committed = await newestBatch(storage, `${stream}/commits`)
  if (!metadata && planned === undefined && committed === undefined) return undefined
  return {
    queryId: metadata && z.object({ id: z.string() }).parse(JSON.parse(metadata.toString('utf8'))).id,
    planned,
    committed,
  }
}

/** Where the newest ended batch left the shards: Delta holds all up to there. Empty before the first. */
export async function committedPositions(storage: Storage, stream: string): Promise<ShardPositions> {
  const committed = await newestBatch(storage, `${stream}/commits`)
  const offsets = committed === undefined ? undefined : await storage.read(`${stream}/offsets/${String(committed)}`)
  // the format's version, the batch's settings, and a line for the one source
  const position = offsets?.toString('utf8').split('\n')[2]
  return position === undefined ? {} : z.record(z.string(), z.string()).parse(JSON.parse(position))
}

async function newestBatch(storage: Storage, folder: string): Promise<number | undefined> {
  const batches = (await storage.files(folder)).map(({ name }) => name).filter((name) => /^\d+$/.test(name))
  return batches.length === 0 ? undefined : Math.max(...batches.map(Number))
}
