import { execFile } from 'node:child_process'

export interface Tool {
  readonly command: string
  readonly args: readonly string[]
}

/**
 * Runs a program to its end; it dies with this process, as every child of the lab does.
 * @throws ToolFailed with the last lines it printed
 */
export async function runTool({ command, args }: Tool, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const all = ['--pdeathsig', 'KILL', '--', command, ...args]
    execFile('setpriv', all, { signal, maxBuffer: 4 * 1_048_576 }, (error, stdout, stderr) => {
      if (error === null) resolve()
      else reject(new ToolFailed(command, `${stdout}${stderr}`.trim().split('\n').slice(-20), error))
    })
  })
}

export class ToolFailed extends Error {
  readonly lines: readonly string[]
  constructor(command: string, lines: readonly string[], cause: Error) {
    super(`${command} failed: ${lines.at(-1) ?? cause.message}`, { cause })
    this.name = 'ToolFailed'
    this.lines = lines
  }
}
