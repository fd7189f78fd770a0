import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type CommandContext } from '../context.ts'
import { projectRoot } from '../home.ts'

/** Benchmarks are no part of the lab: they run as a process of their own, over labs and services of their own. */
export async function bench(context: CommandContext, options: { json?: boolean }, name?: string): Promise<number> {
  const args = [
    '--disable-warning=TimeoutNegativeWarning', // kafkajs sets such a timeout whenever it is not throttled
    join(projectRoot, 'tests', 'bench', 'run.ts'),
    ...(name ? [name] : []),
    ...(options.json ? ['--json'] : []),
  ]
  const child = spawn(process.execPath, args, { stdio: 'inherit', cwd: projectRoot })
  context.signal.addEventListener('abort', () => child.kill('SIGTERM'))
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}
