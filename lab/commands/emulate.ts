import { LabError } from '../../contract/index.ts'
import { runningLab, type CommandContext } from '../context.ts'
import { emulation, recordsText, type EmulationFlags } from '../emulation.ts'
import { answerJson, note, seconds, Stages } from '../output.ts'

interface EmulateOptions extends EmulationFlags {
  readonly posts?: number
  readonly endless?: boolean
  readonly json?: boolean
}

export async function emulate(context: CommandContext, options: EmulateOptions): Promise<number> {
  if (options.endless && options.posts !== undefined && context.env['POSTS'] === undefined) {
    throw new LabError('LAB_USAGE', {
      what: '--endless and --posts exclude each other',
      why: 'one says until Ctrl-C, the other says how many',
      fix: 'leave one of them out',
    })
  }
  const lab = await runningLab(context)
  const posts = options.endless ? 'endless' : (options.posts ?? 500)
  const summary = await new Stages().run(
    posts === 'endless' ? 'emulate until Ctrl-C' : `emulate ${String(posts)} posts`,
    async (say) => emulation(lab, posts, options, context.signal, say),
  )
  if (options.json) answerJson(summary)
  else
    note(
      `${String(summary.posts)} posts, ${recordsText(summary)} acknowledged in ${seconds(summary.seconds * 1000)}; "npx lab verify" follows them to their tables`,
    )
  return context.signal.aborted && posts !== 'endless' ? 130 : 0
}
