import { enableCompileCache } from 'node:module'

enableCompileCache() // halves the start of later runs

const { reportError, reportInterrupted } = await import('./output.ts')
const { buildProgram } = await import('./program.ts')

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (interrupted.signal.aborted) process.exit(130)
    interrupted.abort()
  })
}
// `lab consume … | head` closes the pipe: that is a wish to stop, not a fault
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

try {
  const program = buildProgram({ env: process.env, signal: interrupted.signal })
  process.exitCode = await program(process.argv.slice(2))
} catch (error) {
  process.exitCode = (interrupted.signal.aborted ? reportInterrupted : reportError)(error)
}
