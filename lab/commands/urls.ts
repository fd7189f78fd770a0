import { addressesOf } from '../../contract/index.ts'
import { homeOf, profileOf, type CommandContext } from '../context.ts'
import { answer, answerJson } from '../output.ts'
import { keyValueTable } from '../tables.ts'

export async function urls(context: CommandContext, options: { json?: boolean }): Promise<number> {
  const profile = await profileOf(homeOf(context), context.env)
  const addresses = { userId: profile.userId, ...addressesOf(profile) }
  if (options.json) answerJson(addresses)
  else answer(keyValueTable(addresses))
  return 0
}
