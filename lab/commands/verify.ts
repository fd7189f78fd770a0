import { renderReport } from '../../analytics/verify/report.ts'
import { runningLab, type CommandContext } from '../context.ts'
import { arrived } from '../arrived.ts'
import { answer, answerJson, Stages } from '../output.ts'
import { verifyLab } from '../verification.ts'

/** Exit code 1 when a check fails. */
export async function verify(context: CommandContext, options: { json?: boolean }): Promise<number> {
  const lab = await runningLab(context)
  const stages = new Stages()
  await arrived(lab, stages, context.signal)
  const report = await stages.run('verify', async (say) => verifyLab(lab, context.signal, say))
  if (options.json) answerJson(report)
  else answer(renderReport(report))
  return report.ok ? 0 : 1
}
