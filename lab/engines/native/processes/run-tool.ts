import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'

export interface Tool {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd?: string
  /** Files given to it one after the other on its standard input, led by `text`. */
  readonly input?: { readonly text: string; readonly files: readonly string[] }
}

/**
 * Runs a program to its end; it dies with this process, as every child of the lab does.
 * @throws ToolFailed with the last lines it printed
 */
export async function runTool({ command, args, cwd, input }: Tool, signal: AbortSignal): Promise<void> {
  const done = Promise.withResolvers<undefined>()
  const child = execFile(
    'setpriv',
    ['--pdeathsig', 'KILL', '--', command, ...args],
    { signal, cwd, maxBuffer: 4 * 1_048_576 },
    (error, stdout, stderr) => {
      if (error === null) done.resolve(undefined)
      else done.reject(new ToolFailed(command, `${stdout}${stderr}`.trim().split('\n').slice(-20), error))
    },
  )
  if (input && child.stdin) {
    // a tool that ends early breaks the pipe; why it ended is what `done` says
    await Promise.all([done.promise, pipeline(contents(input), child.stdin).catch(() => undefined)])
  } else await done.promise
}

async function* contents({ text, files }: NonNullable<Tool['input']>): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
  for (const file of files) yield await readFile(file)
}

export class ToolFailed extends Error {
  readonly lines: readonly string[]
  constructor(command: string, lines: readonly string[], cause: Error) {
    super(`${command} failed: ${lines.at(-1) ?? cause.message}`, { cause })
    this.name = 'ToolFailed'
    this.lines = lines
  }
}
