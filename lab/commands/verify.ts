import { queryIds, variants } from '../../contract/index.ts'
import { renderReport } from '../../analytics/verify/report.ts'
import { type Report } from '../../analytics/verify/verify.ts'
import { runningLab, type CommandContext, type RunningLab } from '../context.ts'
import { arrived } from '../arrived.ts'
import { answer, answerJson, Stages } from '../output.ts'
import { checkPath } from '../paths.ts'
import { sparkAnswersOf } from '../spark-answers.ts'
import { verifyLab } from '../verification.ts'

interface VerifyOptions {
  readonly json?: boolean
  /** Spark answers over Delta too. */
  readonly spark?: boolean
}

/** Exit code 1 when a check fails. */
export async function verify(context: CommandContext, options: VerifyOptions): Promise<number> {
  const { signal } = context
  const lab = await runningLab(context)
  if (options.spark) checkPath(lab.profile, 'stream', '--spark')
  const stages = new Stages()
  await arrived(lab, stages, signal)
  const report = await stages.run('verify', async (say) =>
    options.spark ? verifyWithSpark(lab, signal, say) : verifyLab(lab, signal, { say }),
  )
  if (options.json) answerJson(report)
  else answer(renderReport(report))
  return report.ok ? 0 : 1
}

async function verifyWithSpark(lab: RunningLab, signal: AbortSignal, say: (text: string) => void): Promise<Report> {
  say('Spark starts, and will answer beside DuckDB')
  await using spark = await sparkAnswersOf(lab, 'stream', { queries: queryIds, variants, signal })
  const answers = async (versions: Readonly<Record<string, number>>) => {
    const { right = {}, naive = {} } = (await spark.answer(versions)).answers
    say('Spark has answered')
    return { right, naive }
  }
  return await verifyLab(lab, signal, { say, answers: [{ engine: 'spark', answers }] })
}
