import { homeOf, type CommandContext } from '../context.ts'
import { nativeEngine } from '../engines/native/engine.ts'
import { answer } from '../output.ts'

interface LogsOptions {
  readonly lines: number
  readonly follow?: boolean
}

export async function logs(context: CommandContext, options: LogsOptions, service?: string): Promise<number> {
  const lines = nativeEngine.logs({
    home: homeOf(context),
    ...(service === undefined ? {} : { service }),
    lines: options.lines,
    follow: options.follow ?? false,
    signal: context.signal,
  })
  for await (const line of lines) answer(line)
  return 0
}
