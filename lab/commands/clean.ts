import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { homeOf, type CommandContext } from '../context.ts'
import { nativeEngine } from '../engines/native/engine.ts'
import { toolPaths } from '../install/tools.ts'
import { note, Stages } from '../output.ts'
import { sayEvents } from '../progress.ts'

/** Removes only what the lab itself made below its home, so that a wrong LAB_HOME costs nothing else. */
export async function clean(context: CommandContext, options: { all?: boolean }): Promise<number> {
  const home = homeOf(context)
  const stages = new Stages()
  await stages.run('stop the lab', async (say) => {
    await nativeEngine.stop({ home, signal: context.signal, onEvent: sayEvents(say) })
  })
  const made = [
    dirname(home.data('any')),
    dirname(home.ledger('any')),
    home.logs,
    home.run,
    home.import,
    home.credentials,
    home.profile,
    ...(options.all ? [home.tools, toolPaths(home.tools).cache] : []),
  ]
  await stages.run('remove data, logs and credentials', async () => {
    for (const path of made) await rm(path, { recursive: true, force: true })
  })
  note(
    options.all
      ? 'removed the downloads too: the next "make up" needs the network'
      : `kept: the downloads in ${home.tools}`,
  )
  return 0
}
