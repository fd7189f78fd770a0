import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { streamNames } from '../../contract/index.ts'
import { runningLab, type CommandContext } from '../context.ts'
import { nativeEngine } from '../engines/native/engine.ts'
import { oneOf } from '../environment.ts'
import { Stages } from '../output.ts'

/**
 * Forgets how far the stream job has read: it starts anew from the oldest records, under a new app id, and adds what its tables
 * miss. The job is stopped meanwhile, as it would write its checkpoint back.
 */
export async function streamReset(context: CommandContext, _options: object, stream = 'all'): Promise<number> {
  const { home, profile } = await runningLab(context)
  const known = streamNames(profile.userId)
  const wanted = oneOf('stream reset', ['all', ...known])(stream)
  const stages = new Stages()
  await stages.run('stop the stream job', async () => nativeEngine.stopService(home, 'spark-stream'))
  for (const name of wanted === 'all' ? known : [wanted])
    await stages.run(`remove the checkpoint of ${name}`, async () =>
      rm(join(home.checkpoints, name), { recursive: true, force: true }),
    )
  await stages.run('start the stream job', async () => nativeEngine.startService(home, 'spark-stream'))
  return 0
}
