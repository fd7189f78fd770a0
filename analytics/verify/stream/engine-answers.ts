import { LabError, queryIds, type Answers } from '../../../contract/index.ts'
import { CheckBuilder, type Check } from '../check.ts'
import { checkStreamAnswers, type StreamAnswers } from './answers-check.ts'

/** An engine that answers the queries over Delta, as DuckDB does. */
export interface EngineAnswers {
  /** As it ends the check's name. */
  readonly engine: string
  /**
   * Called once, as soon as it is known which versions of the tables are judged: by name, without those that are not there or cannot
   * be read. Those count as empty, and so does a query that is left out. A LabError becomes a failed check.
   */
  readonly answers: (versions: Readonly<Record<string, number>>) => Promise<StreamAnswers>
}

/** What an engine answered, or why it did not. */
interface Answered {
  readonly engine: string
  readonly answers?: StreamAnswers
  readonly error?: unknown
}

/** Never rejects: it runs beside other work, which may fail before this is awaited. */
export async function answersBy(
  { engine, answers }: EngineAnswers,
  versions: Readonly<Record<string, number>>,
): Promise<Answered> {
  try {
    return { engine, answers: await answers(versions) }
  } catch (error) {
    return { engine, error }
  }
}

/** @throws the engine's error when it is no LabError */
export function checkEngineAnswers(
  { engine, answers, error }: Answered,
  expected: { readonly right: Answers; readonly naive: Answers },
  skipReason: string | undefined,
): Check {
  const name = `stream-answers-${engine}`
  if (answers) return checkStreamAnswers(name, answers, expected, skipReason)
  if (!(error instanceof LabError)) throw error
  const check = new CheckBuilder(name)
  check.faults('unanswered', queryIds.length, [error.message])
  return check.done({ passed: '', failed: error.fix })
}
