import { type EngineAnswers } from '../analytics/verify/stream/engine-answers.ts'
import { type Report, verify } from '../analytics/verify/verify.ts'
import { readLedger } from '../emulator/ledger.ts'
import { kinesisOptionsOf, mysqlOptionsOf, s3OptionsOf, type RunningLab } from './context.ts'

interface VerificationOptions {
  readonly say?: (text: string) => void
  /** Engines beside DuckDB that answer over Delta. */
  readonly answers?: readonly EngineAnswers[]
}

/** Runs every check over the whole lab; what the ledger acknowledges must be found on every hop. */
export const verifyLab = async (
  lab: RunningLab,
  signal: AbortSignal,
  { say, answers = [] }: VerificationOptions,
): Promise<Report> =>
  verify({
    profile: lab.profile,
    s3: s3OptionsOf(lab),
    kafka: { brokers: lab.profile.kafka.brokers },
    mysql: mysqlOptionsOf(lab),
    stream: { kinesis: kinesisOptionsOf(lab), checkpointsUri: lab.home.checkpointsUri, answers },
    acknowledgements: () => readLedger(lab.home.ledger(lab.profile.userId)),
    signal,
    ...(say ? { onProgress: say } : {}),
  })
