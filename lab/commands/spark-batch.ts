import { queryIds } from '../../contract/index.ts'
import { runningLab, type CommandContext } from '../context.ts'
import { landed } from '../landed.ts'
import { answer, answerJson, note, Stages } from '../output.ts'
import { checkPath } from '../paths.ts'
import { sparkAnswersOf } from '../spark-answers.ts'
import { keyValueTable } from '../tables.ts'

/** The batch job by Spark: every object of S3 to clean Delta tables and the eight answers, written beside them. */
export async function sparkBatch(context: CommandContext, options: { json?: boolean }): Promise<number> {
  const { signal } = context
  const lab = await runningLab(context)
  checkPath(lab.profile, 'batch', 'spark batch')
  const { outputUri } = lab.profile.sparkBatch
  const stages = new Stages()
  await stages.run('land: Kafka → S3', async (say) => landed(lab, signal, say))
  const result = await stages.run('Spark: read, clean, answer and write', async (say) => {
    await using spark = await sparkAnswersOf(lab, 'batch', {
      queries: queryIds,
      variants: ['right'],
      outputUri,
      onStep: say,
      signal,
    })
    return await spark.answer({})
  })
  const { pin, geo, user } = result.tables
  const told = {
    records: pin.records + geo.records + user.records,
    rows: pin.rows + geo.rows + user.rows,
    rejected: result.quarantine.total,
    outputUri,
  }
  if (options.json) answerJson({ ...told, answers: result.answers.right })
  else answer(keyValueTable(told))
  if (told.rejected > 0) note(`${String(told.rejected)} records were rejected: "npx lab verify" shows which and why`)
  return 0
}
