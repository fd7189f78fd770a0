import { homeOf, profileOf, type CommandContext } from '../context.ts'
import { note, Stages } from '../output.ts'
import { prepareMachine } from '../prepare.ts'

export async function setup({ env, signal }: CommandContext, options: { deep?: boolean }): Promise<number> {
  const home = homeOf({ env, signal })
  const { portOffset } = await profileOf(home, env)
  await prepareMachine({ home, portOffset, env, stages: new Stages(), signal, deep: options.deep ?? false })
  note('everything is there: "make up" starts the lab, without network')
  return 0
}
