import {
  isBatchAcknowledgement,
  streamNames,
  type Acknowledgement,
  type StreamAcknowledgement,
} from '../../../contract/index.ts'
import {
  DescribeStreamSummaryCommand,
  kinesisClient,
  type KinesisClient,
  type KinesisClientOptions,
} from '../../../clients/kinesis.ts'
import { loadTruth } from '../../../seed/truth-source.ts'
import { openStorage } from '../../delta/storage.ts'
import { finishCleaning } from '../../duckdb/clean.ts'
import { type Database } from '../../duckdb/database.ts'
import { answersOfBoth } from '../answers-of-both.ts'
import { type Check } from '../check.ts'
import { type KeptForeign } from '../kept-foreign.ts'
import { type Acknowledged } from '../stored-checks.ts'
import { type VerifyOptions } from '../verify.ts'
import { checkAcknowledgedStream } from './acknowledged-check.ts'
import { checkStreamAnswers } from './answers-check.ts'
import { readCheckpoint, type Checkpoint } from './checkpoint.ts'
import { DeltaCheck } from './delta-check.ts'
import { loadDelta, type DeltaTable } from './delta-records.ts'
import { answersBy, checkEngineAnswers, type EngineAnswers } from './engine-answers.ts'
import { checkHistory } from './history-check.ts'
import { KinesisRecords } from './kinesis-records.ts'
import { checkShapes } from './shapes-check.ts'
import { compareWithTruth } from './stream-truth.ts'

export interface StreamOptions {
  readonly kinesis: KinesisClientOptions
  /** Folder of the stream job's checkpoints, a URI. */
  readonly checkpointsUri: string
  /** Engines beside DuckDB that answer over the same Delta tables, to be compared with the oracle too. */
  readonly answers?: readonly EngineAnswers[]
}

export interface StreamResult {
  readonly checks: readonly Check[]
  readonly counts: {
    readonly kinesisRecords: number
    readonly deltaRows: number
    readonly deltaQuarantined: number
    readonly deltaVersions: Readonly<Record<string, number>>
  }
}

// Throttled reads come back: the stream job reads the same shards, and each gives five calls a second.
const maxAttempts = 10
// Kinesis' default, for a stream that is gone.
const defaultRetentionHours = 24

/**
 * Checks the stream path. The database is left with its clean rows: whatever <entity>_records held is gone.
 * @param foreign gains the inds whose kept record is no source row
 */
export async function verifyStream(
  database: Database,
  { profile, s3, mysql, acknowledgements, signal, onProgress }: VerifyOptions,
  options: StreamOptions,
  acknowledged: Acknowledged,
  foreign: KeptForeign,
): Promise<StreamResult> {
  const { userId, sparkStream } = profile
  const client = kinesisClient({ maxAttempts, ...options.kinesis })
  using storage = openStorage(sparkStream.tablesUri, s3, signal)
  using checkpointStorage = openStorage(options.checkpointsUri, s3, signal)
  try {
    onProgress?.('reading Kinesis')
    const horizon = await retentionHorizon(client, streamNames(userId), signal)
    const truthOf = async (inds: readonly number[]) => loadTruth(mysql, inds)
    const records = await KinesisRecords.create(database, truthOf)
    await records.read(client, userId, false, signal)
    onProgress?.('reading the Delta tables')
    const tables = await loadDelta(database, storage, userId)
    const versions = versionsOf(tables)
    const others = (options.answers ?? []).map(async (engine) => answersBy(engine, versions))
    const checkpoints = new Map<string, Checkpoint | undefined>()
    for (const stream of streamNames(userId)) checkpoints.set(stream, await readCheckpoint(checkpointStorage, stream))
    await records.read(client, userId, true, signal)
    onProgress?.('answering the queries over Delta')
    await finishCleaning(database)
    const answers = await answersOfBoth(database)
    onProgress?.('comparing Delta with Kinesis and the truth')
    const ledger = streamLines(acknowledgements())
    const acknowledgedCheck = await checkAcknowledgedStream(database, userId, ledger, horizon, acknowledged)
    const delta = new DeltaCheck(database)
    const expired = await delta.places(horizon)
    const truth = await compareWithTruth(database, truthOf, delta, foreign, signal)
    const skipReason = truth.unknown ?? (expired > 0 ? 'Kinesis has dropped records that Delta still holds' : undefined)
    if (others.length > 0) onProgress?.('waiting for the other engines')
    const answeredByOthers = await Promise.all(others)
    const checks = [
      acknowledgedCheck,
      delta.done(),
      checkHistory(userId, tables, checkpoints),
      checkStreamAnswers('stream-answers', answers, truth.answers, skipReason),
      ...answeredByOthers.map((answered) => checkEngineAnswers(answered, truth.answers, skipReason)),
      await checkShapes(database, userId),
    ]
    return { checks, counts: await countsOf(database, tables) }
  } finally {
    client.destroy()
  }
}

async function* streamLines(lines: AsyncIterable<Acknowledgement>): AsyncGenerator<StreamAcknowledgement> {
  for await (const line of lines) if (!isBatchAcknowledgement(line)) yield line
}

/** Records that arrived earlier may have expired in one of the streams. */
async function retentionHorizon(client: KinesisClient, streams: readonly string[], signal: AbortSignal): Promise<Date> {
  const hours = await Promise.all(
    streams.map(async (stream) => {
      try {
        const command = new DescribeStreamSummaryCommand({ StreamName: stream })
        const { StreamDescriptionSummary: summary } = await client.send(command, { abortSignal: signal })
        return summary?.RetentionPeriodHours ?? defaultRetentionHours
      } catch (error) {
        if (error instanceof Error && error.name === 'ResourceNotFoundException') return defaultRetentionHours
        throw error
      }
    }),
  )
  return new Date(Date.now() - Math.min(...hours) * 3_600_000)
}

async function countsOf(database: Database, tables: readonly DeltaTable[]): Promise<StreamResult['counts']> {
  const [row] = await database.select(
    `SELECT (SELECT count(*) FROM kinesis WHERE NOT late) AS kinesis, count(*) FILTER (WHERE rejected IS NULL) AS rows,
            count(*) FILTER (WHERE rejected IS NOT NULL) AS rejected FROM delta`,
  )
  return {
    kinesisRecords: Number(row?.['kinesis']),
    deltaRows: Number(row?.['rows']),
    deltaQuarantined: Number(row?.['rejected']),
    deltaVersions: versionsOf(tables),
  }
}

const versionsOf = (tables: readonly DeltaTable[]): Readonly<Record<string, number>> =>
  Object.fromEntries(tables.flatMap(({ name, snapshot }) => (snapshot ? [[name, snapshot.version]] : [])))
