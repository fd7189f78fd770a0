import { homeOf, type CommandContext } from '../context.ts'
import { nativeEngine } from '../engines/native/engine.ts'
import { note, Stages } from '../output.ts'
import { sayEvents } from '../progress.ts'

export async function down(context: CommandContext): Promise<number> {
  const home = homeOf(context)
  const running = (await nativeEngine.status(home)).filter((service) => service.state !== 'stopped')
  if (running.length === 0) {
    await nativeEngine.stop({ home, signal: context.signal }) // takes away what a killed supervisor may have left
    note(`the lab in ${home.root} is not running`)
    return 0
  }
  await new Stages().run(`stop ${String(running.length)} services`, async (say) => {
    await nativeEngine.stop({ home, signal: context.signal, onEvent: sayEvents(say) })
  })
  note(`kept: data, logs and credentials in ${home.root} ("make up" goes on with them, "make clean" removes them)`)
  return 0
}
