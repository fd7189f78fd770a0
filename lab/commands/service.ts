import { runningLab, type CommandContext } from '../context.ts'
import { nativeEngine } from '../engines/native/engine.ts'
import { note } from '../output.ts'

type ServiceAction = (context: CommandContext, options: unknown, service: string) => Promise<number>

const actionOn =
  (
    verb: string,
    act: (home: Parameters<typeof nativeEngine.restart>[0], service: string) => Promise<void>,
  ): ServiceAction =>
  async (context, _options, service) => {
    const { home } = await runningLab(context)
    await act(home, service)
    note(`${service}: ${verb}`)
    return 0
  }

export const restart = actionOn('restarted', async (home, service) => nativeEngine.restart(home, service))
export const stop = actionOn('stopped', async (home, service) => nativeEngine.stopService(home, service))
export const start = actionOn('started', async (home, service) => nativeEngine.startService(home, service))
