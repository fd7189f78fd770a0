import { homeOf, profileOf, type CommandContext } from '../context.ts'
import { answerJson } from '../output.ts'

export async function profile(context: CommandContext): Promise<number> {
  answerJson(await profileOf(homeOf(context), context.env))
  return 0
}
