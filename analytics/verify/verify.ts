import { type Acknowledgement, type PathName, type Profile } from '../../contract/index.ts'
import { type MysqlOptions } from '../../clients/mysql.ts'
import { type S3ClientOptions } from '../../clients/s3.ts'
import { openDatabase } from '../duckdb/database.ts'
import { CheckBuilder, type Check } from './check.ts'
import { noneForeign } from './kept-foreign.ts'
import { checkSource } from './source-check.ts'
import { Acknowledged } from './stored-checks.ts'
import { checkPathsEqual, keepBatchRows } from './stream/equal-check.ts'
import { verifyStream, type StreamOptions, type StreamResult } from './stream/verify-stream.ts'
import { verifyBatch } from './verify-batch.ts'

export interface VerifyOptions {
  readonly profile: Profile
  readonly s3: S3ClientOptions
  readonly kafka: { readonly brokers: readonly string[] }
  readonly mysql: MysqlOptions
  /** Needed where the profile's paths hold `stream`; without it a skipped check says that the path was not looked at. */
  readonly stream?: StreamOptions
  /** The ledger's lines; read once a path. */
  readonly acknowledgements: () => AsyncIterable<Acknowledgement>
  readonly signal: AbortSignal
  /** One line of text at each step. */
  readonly onProgress?: (text: string) => void
}

/** A check with the path it belongs to; undefined for what both share. */
export type ReportedCheck = Check & { readonly path: PathName | undefined }

export interface Report {
  /** No check failed. One that was skipped says why. */
  readonly ok: boolean
  readonly checks: readonly ReportedCheck[]
  /** Those of a path that the profile has not are 0. */
  readonly counts: {
    /** Posts of the ledger: three acknowledgements each and path, when all arrived. */
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
    /** Records of the three streams in Kinesis. */
    readonly kinesisRecords: number
    /** Records in the three clean Delta tables, repeated posts included, and in their quarantines. */
    readonly deltaRows: number
    readonly deltaQuarantined: number
    /** Newest version of each Delta table that there is. */
    readonly deltaVersions: Readonly<Record<string, number>>
  }
}

const noBatch = { kafkaRecords: 0, records: 0, objects: 0, rows: 0, quarantined: 0, deadLetters: 0 }
const noStream = { kinesisRecords: 0, deltaRows: 0, deltaQuarantined: 0, deltaVersions: {} }

/**
 * Checks the profile's paths against the ledger, Kafka and Kinesis, and the seed's truth, from one reading of each. Reads what is
 * there when it is called; records that come meanwhile are left to the next call. Changes nothing, and leaves no consumer group
 * behind.
 * @throws LabError LAB_SERVICE_TIMEOUT when Kafka stops answering, LAB_DATA_MISMATCH when the source's truth is not known
 */
export async function verify(options: VerifyOptions): Promise<Report> {
  const { profile, signal } = options
  const acknowledged = new Acknowledged()
  const foreign = noneForeign()
  await using database = await openDatabase(signal)
  const batch = profile.paths.includes('batch')
    ? await verifyBatch(database, options, acknowledged, foreign)
    : { checks: [], counts: noBatch }
  let stream: StreamResult = { checks: [], counts: noStream }
  const shared: Check[] = []
  if (profile.paths.includes('stream')) {
    if (!options.stream) stream = { checks: [notLookedAt()], counts: noStream }
    else {
      if (profile.paths.includes('batch')) await keepBatchRows(database)
      stream = await verifyStream(database, options, options.stream, acknowledged, foreign)
      if (profile.paths.includes('batch')) shared.push(await checkPathsEqual(database, foreign))
    }
  }
  shared.unshift(await checkSource(options.mysql, acknowledged.inds))
  const of = (path: PathName | undefined, checks: readonly Check[]): ReportedCheck[] =>
    checks.map((check) => ({ ...check, path }))
  const checks = [...of(undefined, shared), ...of('batch', batch.checks), ...of('stream', stream.checks)]
  return {
    ok: checks.every(({ ok }) => ok),
    checks,
    counts: {
      posts: acknowledged.posts.size,
      acknowledgements: acknowledged.acknowledgements,
      ...batch.counts,
      ...stream.counts,
    },
  }
}

function notLookedAt(): Check {
  const check = new CheckBuilder('stream-path')
  check.skip('the stream path was not looked at: no Kinesis was named')
  return check.done({ passed: '', failed: '' })
}
