import {
  isBatchAcknowledgement,
  queryIds,
  topicNames,
  type Acknowledgement,
  type Answers,
  type BatchAcknowledgement,
  type Profile,
} from '../../contract/index.ts'
import { type MysqlOptions } from '../../clients/mysql.ts'
import { s3Client, type S3Client, type S3ClientOptions } from '../../clients/s3.ts'
import { loadTruth } from '../../seed/truth-source.ts'
import { entitiesByTopic } from '../duckdb/answers.ts'
import { finishCleaning, runQueries, useVariant, type CleanCounts } from '../duckdb/clean.ts'
import { openDatabase, type Database } from '../duckdb/database.ts'
import { openLoader } from '../duckdb/load.ts'
import { sqlText } from '../duckdb/sql-text.ts'
import { listObjects, readObjects } from '../objects.ts'
import { checkAnswers, checkCounts, checkRejected, CleanRowsCheck } from './cleaned-checks.ts'
import { cleanVersions } from './clean-versions.ts'
import { type Check } from './check.ts'
import { addFacts, emptyFacts } from './facts.ts'
import { oracleAnswers } from './oracle.ts'
import { endsNow, readKafka, type ReadLog } from './read-kafka.ts'
import { checkSource } from './source-check.ts'
import { Acknowledged, checkAcknowledged, StoredObjects } from './stored-checks.ts'
import { allInds, landedVersions, type Versions } from './versions.ts'

export interface VerifyOptions {
  readonly profile: Profile
  readonly s3: S3ClientOptions
  readonly kafka: { readonly brokers: readonly string[] }
  readonly mysql: MysqlOptions
  /** The ledger's lines, read once. */
  readonly acknowledgements: () => AsyncIterable<Acknowledgement>
  readonly signal: AbortSignal
  /** One line of text at each step. */
  readonly onProgress?: (text: string) => void
}

export interface Report {
  /** No check failed. One that was skipped says why. */
  readonly ok: boolean
  readonly checks: readonly Check[]
  readonly counts: {
    /** Posts of the ledger: three acknowledgements each, when all arrived. */
    readonly posts: number
    readonly acknowledgements: number
    /** Records of the three topics in Kafka. */
    readonly kafkaRecords: number
    /** Records in S3. */
    readonly records: number
    readonly objects: number
    /** Clean rows of all three tables. */
    readonly rows: number
    readonly quarantined: number
    readonly deadLetters: number
  }
}

// Source rows held at a time, with their truth: some 40 MiB.
const indsPerSpan = 10_000

/**
 * Checks the whole batch path against the ledger, Kafka and the seed's truth, from one reading of Kafka and one of S3. Reads
 * what is there when it is called; records that come meanwhile are left to the next call. Changes nothing, and leaves no
 * consumer group behind.
 * @throws LabError LAB_SERVICE_TIMEOUT when Kafka stops answering, LAB_DATA_MISMATCH when the source's truth is not known
 */
export async function verify(options: VerifyOptions): Promise<Report> {
  const { profile, kafka, signal, onProgress } = options
  onProgress?.('reading Kafka')
  const log = await readKafka(profile, kafka.brokers, signal)
  const acknowledged = new Acknowledged()
  const ledgerCheck = await checkAcknowledged(batchLines(options.acknowledgements()), log.index, acknowledged)
  const client = s3Client(options.s3)
  try {
    await using database = await openDatabase(signal)
    const stored = await readStored(client, database, log, options)
    const counts = await finishCleaning(database)
    onProgress?.('answering the queries')
    const answers = await answersOfBoth(database)
    onProgress?.('comparing with the truth')
    const truth = await compareWithTruth(database, log, options)
    const skipReason =
      truth.unknown ?? (stored.expiredLines > 0 ? 'Kafka has dropped records that S3 still holds' : undefined)
    const checks = [
      ledgerCheck,
      await checkSource(options.mysql, acknowledged.inds),
      ...stored.checks(await endsNow(profile, kafka.brokers), log.lags, profile.s3Sink.flushSizeRecords),
      checkCounts(stored.lines, counts),
      await checkRejected(database, await sqlText.quarantine(), log.index, log.letters),
      truth.check,
      ...checkAnswers(answers, truth.answers, skipReason),
    ]
    return { ok: checks.every(({ ok }) => ok), checks, counts: reportCounts(log, stored, counts, acknowledged) }
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

async function answersOfBoth(database: Database): Promise<{ right: Partial<Answers>; naive: Partial<Answers> }> {
  const right = await runQueries(database, queryIds)
  await useVariant(database, 'naive')
  const naive = await runQueries(database, queryIds)
  await useVariant(database, 'right')
  return { right, naive }
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

function reportCounts(
  { index, letters }: ReadLog,
  stored: StoredObjects,
  { tables, quarantine }: CleanCounts,
  { acknowledgements, posts }: Acknowledged,
): Report['counts'] {
  const { pin, geo, user } = tables
  return {
    posts: posts.size,
    acknowledgements,
    kafkaRecords: index.partitions.reduce((total, { range }) => total + Number(range.end - range.start), 0),
    records: stored.lines.pin + stored.lines.geo + stored.lines.user,
    objects: stored.objects,
    rows: pin.rows + geo.rows + user.rows,
    quarantined: quarantine.total,
    deadLetters: letters.length,
  }
}
