import {
  isBatchAcknowledgement,
  topicNames,
  type Acknowledgement,
  type Answers,
  type BatchAcknowledgement,
} from '../../contract/index.ts'
import { s3Client, type S3Client } from '../../clients/s3.ts'
import { loadTruth } from '../../seed/truth-source.ts'
import { entitiesByTopic } from '../duckdb/answers.ts'
import { finishCleaning } from '../duckdb/clean.ts'
import { type Database } from '../duckdb/database.ts'
import { openLoader } from '../duckdb/load.ts'
import { sqlText } from '../duckdb/sql-text.ts'
import { listObjects, readObjects } from '../objects.ts'
import { answersOfBoth } from './answers-of-both.ts'
import { checkAnswers, checkCounts, checkRejected, CleanRowsCheck } from './cleaned-checks.ts'
import { cleanVersions } from './clean-versions.ts'
import { type Check } from './check.ts'
import { addFacts, emptyFacts } from './facts.ts'
import { addKeptForeign, type KeptForeign } from './kept-foreign.ts'
import { oracleAnswers } from './oracle.ts'
import { endsNow, readKafka, type ReadLog } from './read-kafka.ts'
import { checkAcknowledged, StoredObjects, type Acknowledged } from './stored-checks.ts'
import { type VerifyOptions } from './verify.ts'
import { allInds, landedVersions, type Versions } from './versions.ts'

export interface BatchResult {
  readonly checks: readonly Check[]
  readonly counts: {
    readonly kafkaRecords: number
    readonly records: number
    readonly objects: number
    readonly rows: number
    readonly quarantined: number
    readonly deadLetters: number
  }
}

// Source rows held at a time, with their truth: some 40 MiB.
const indsPerSpan = 10_000

/** @param foreign gains the inds whose kept record is no source row. The database is left with the batch path's clean rows. */
export async function verifyBatch(
  database: Database,
  options: VerifyOptions,
  acknowledged: Acknowledged,
  foreign: KeptForeign,
): Promise<BatchResult> {
  const { profile, kafka, signal, onProgress } = options
  onProgress?.('reading Kafka')
  const log = await readKafka(profile, kafka.brokers, signal)
  const ledgerCheck = await checkAcknowledged(batchLines(options.acknowledgements()), log.index, acknowledged)
  const client = s3Client(options.s3)
  try {
    const stored = await readStored(client, database, log, options)
    const cleaned = await finishCleaning(database)
    onProgress?.('answering the queries')
    const answers = await answersOfBoth(database)
    onProgress?.('comparing with the truth')
    const truth = await compareWithTruth(database, log, options, foreign)
    const skipReason =
      truth.unknown ?? (stored.expiredLines > 0 ? 'Kafka has dropped records that S3 still holds' : undefined)
    const checks = [
      ledgerCheck,
      ...stored.checks(await endsNow(profile, kafka.brokers), log.lags, profile.s3Sink.flushSizeRecords),
      checkCounts(stored.lines, cleaned),
      await checkRejected(database, await sqlText.quarantine(), log.index, log.letters),
      truth.check,
      ...checkAnswers(answers, truth.answers, skipReason),
    ]
    const { pin, geo, user } = cleaned.tables
    const counts = {
      kafkaRecords: log.index.partitions.reduce((total, { range }) => total + Number(range.end - range.start), 0),
      records: stored.lines.pin + stored.lines.geo + stored.lines.user,
      objects: stored.objects,
      rows: pin.rows + geo.rows + user.rows,
      quarantined: cleaned.quarantine.total,
      deadLetters: log.letters.length,
    }
    return { checks, counts }
  } finally {
    client.destroy()
  }
}

async function* batchLines(lines: AsyncIterable<Acknowledgement>): AsyncGenerator<BatchAcknowledgement> {
  for await (const line of lines) if (isBatchAcknowledgement(line)) yield line
}

async function readStored(
  client: S3Client,
  database: Database,
  { index }: ReadLog,
  { profile, signal, onProgress }: VerifyOptions,
): Promise<StoredObjects> {
  const loader = await openLoader(database)
  const listed = await listObjects(client, profile.s3.bucket, topicNames(profile.userId), signal)
  const stored = new StoredObjects(index, listed)
  const entityOf = entitiesByTopic(profile.userId)
  for await (const object of readObjects(client, profile.s3.bucket, listed, signal)) {
    const known = stored.take(object)
    const entity = entityOf.get(object.name.topic)
    if (known && entity) await loader.add(entity, known.object, known.offsets)
    if (stored.objects % 500 === 0)
      onProgress?.(`reading S3: ${String(stored.objects)} of ${String(listed.length)} objects`)
  }
  await loader.finish()
  return stored
}

interface Truth {
  readonly check: Check
  readonly answers: { readonly right: Answers; readonly naive: Answers }
  /** Why the oracle's answers cannot be trusted; undefined when they can. */
  readonly unknown: string | undefined
}

async function compareWithTruth(
  database: Database,
  { index, lags }: ReadLog,
  { mysql, kafka, signal }: VerifyOptions,
  foreign: KeptForeign,
): Promise<Truth> {
  const versions = landedVersions(index, ({ range }) => {
    return (
      lags.find(({ topic, partition }) => topic === range.topic && partition === range.partition)?.committed ??
      range.end
    )
  })
  const rowsCheck = new CleanRowsCheck()
  const right = emptyFacts()
  const naive = emptyFacts()
  let unknown: string | undefined
  for (const inds of spansOf(versions)) {
    signal.throwIfAborted()
    const clean = await cleanVersions(versions, inds, await loadTruth(mysql, inds), kafka.brokers, signal)
    await rowsCheck.compare(database, clean, inds[0] ?? 0, inds.at(-1) ?? 0)
    unknown ??= addFacts(clean, right, naive)
    addKeptForeign(clean, foreign)
  }
  return {
    check: rowsCheck.done(),
    answers: { right: oracleAnswers(right, 'right'), naive: oracleAnswers(naive, 'naive') },
    unknown,
  }
}

function* spansOf(versions: Versions): Generator<number[]> {
  const inds = allInds(versions)
  for (let at = 0; at < inds.length; at += indsPerSpan) yield inds.slice(at, at + indsPerSpan)
}
