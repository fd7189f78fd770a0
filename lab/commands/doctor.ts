import { catalog } from '../../contract/index.ts'
import { homeOf, profileOf, type CommandContext } from '../context.ts'
import { renderDiagnosis, runDoctor } from '../doctor.ts'
import { answer, answerJson, note } from '../output.ts'
import { ownPids } from '../prepare.ts'

interface DoctorFlags {
  readonly json?: boolean
  readonly install: boolean
}

export async function doctor(context: CommandContext, options: DoctorFlags): Promise<number> {
  const home = homeOf(context)
  const diagnosis = await runDoctor({
    home,
    portOffset: (await profileOf(home, context.env)).portOffset,
    ownPids: await ownPids(home),
    env: context.env,
    signal: context.signal,
    onProgress: note,
    install: options.install,
  })
  if (options.json) answerJson(diagnosis)
  else answer(renderDiagnosis(diagnosis))
  return diagnosis.ok ? 0 : catalog.LAB_PREREQUISITE_MISSING.exitCode
}
