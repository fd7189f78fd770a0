import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { entityNames, streamNames, type EntityName } from '../../../contract/index.ts'
import { finishCleaning } from '../../../analytics/duckdb/clean.ts'
import { openDatabase, type Database } from '../../../analytics/duckdb/database.ts'
import { answersOfBoth } from '../../../analytics/verify/answers-of-both.ts'
import { type Check } from '../../../analytics/verify/check.ts'
import { noneForeign } from '../../../analytics/verify/kept-foreign.ts'
import { checkStreamAnswers } from '../../../analytics/verify/stream/answers-check.ts'
import { type Checkpoint } from '../../../analytics/verify/stream/checkpoint.ts'
import { DeltaCheck } from '../../../analytics/verify/stream/delta-check.ts'
import { loadDelta, type DeltaTable } from '../../../analytics/verify/stream/delta-records.ts'
import { checkHistory } from '../../../analytics/verify/stream/history-check.ts'
import { KinesisRecords, type LoadTruth } from '../../../analytics/verify/stream/kinesis-records.ts'
import { compareWithTruth } from '../../../analytics/verify/stream/stream-truth.ts'
import { datasetRow } from '../../../seed/dataset.ts'
import { userId } from './cleaned.ts'
import { fixtures, folderStorage } from './delta-tables.ts'

/** Of the rows in records.json. */
export const dataset = { seed: 3, size: 300 }
const signal = new AbortController().signal

export interface SentRecord {
  readonly entity: EntityName
  readonly stream: string
  readonly shard: string
  readonly sequenceNumber: string
  readonly value: string
}

export const sentRecords = async (): Promise<SentRecord[]> =>
  JSON.parse(await readFile(join(fixtures, 'records.json'), 'utf8')) as SentRecord[]

export const loadTruth: LoadTruth = async (inds) =>
  Promise.resolve(new Map(inds.filter((ind) => ind < dataset.size).map((ind) => [ind, datasetRow(dataset, ind)])))

export const arrivedAt = new Date('2026-11-25T01:02:03.456Z')
export const beforeAll = new Date('2026-11-24T00:00:00Z')

/** The table `kinesis` of the records, as a read of the shards would fill it. */
export async function addToKinesis(
  records: KinesisRecords,
  sent: readonly SentRecord[],
  options: { readonly late?: boolean; readonly partitionKey?: string } = {},
): Promise<void> {
  for (const entity of entityNames) {
    const ofEntity = sent.filter((record) => record.entity === entity)
    const read = ofEntity.map(({ shard, sequenceNumber, value }) => ({
      shardId: shard,
      sequenceNumber,
      arrivedAt,
      partitionKey: options.partitionKey ?? sequenceNumber,
      data: Buffer.from(value),
    }))
    await records.add(entity, read, options.late ?? false)
  }
}

/** Checkpoints that belong to the fixture's tables. */
export const checkpoints = (change: Partial<Checkpoint> = {}): Map<string, Checkpoint | undefined> =>
  new Map(
    streamNames(userId).map((stream) => [
      stream,
      { queryId: `app-${stream.split('-')[2]!}`, planned: 1, committed: 1, ...change },
    ]),
  )

export interface Streamed {
  readonly database: Database
  readonly records: KinesisRecords
  readonly tables: DeltaTable[]
}

export async function withStreamed<T>(
  sent: readonly SentRecord[],
  use: (streamed: Streamed) => Promise<T>,
): Promise<T> {
  await using database = await openDatabase(signal)
  using storage = folderStorage()
  const records = await KinesisRecords.create(database, loadTruth)
  await addToKinesis(records, sent)
  return await use({ database, records, tables: await loadDelta(database, storage, userId) })
}

/** The checks of Delta over the fixture's tables, after `change` has planted a fault, by name. */
export async function checksOf(
  change: (streamed: Streamed) => Promise<void> = async () => Promise.resolve(),
  options: { readonly sent?: readonly SentRecord[]; readonly horizon?: Date } = {},
): Promise<Record<string, Check>> {
  return withStreamed(options.sent ?? (await sentRecords()), async (streamed) => {
    const { database, tables } = streamed
    await change(streamed)
    await finishCleaning(database)
    const answers = await answersOfBoth(database)
    const delta = new DeltaCheck(database)
    await delta.places(options.horizon ?? beforeAll)
    const truth = await compareWithTruth(database, loadTruth, delta, noneForeign(), signal)
    const checks = [
      delta.done(),
      checkHistory(userId, tables, checkpoints()),
      checkStreamAnswers('stream-answers', answers, truth.answers, truth.unknown),
    ]
    return Object.fromEntries(checks.map((check) => [check.name, check]))
  })
}
