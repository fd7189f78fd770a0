import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

// Runs the test projects one after the other and ends with one line of totals, for people and for scripts:
// "12 passed, 0 failed, 1 skipped". Exit code 1 when a project failed; the later ones run all the same.

const Result = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
})
type Totals = z.infer<typeof Result>

async function runProject(project: string, folder: string): Promise<{ failed: boolean; totals: Totals }> {
  const report = join(folder, `${project}.json`)
  const words = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const vitest = spawn('vitest', words, { stdio: 'inherit' })
  const [code] = (await once(vitest, 'close')) as [number | null]
  return { failed: code !== 0, totals: await totalsOf(report) }
}

async function totalsOf(report: string): Promise<Totals> {
  try {
    return Result.parse(JSON.parse(await readFile(report, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 } // it died before it could report
  }
}

const given = process.argv.slice(2)
const projects = given.length > 0 ? given : ['unit', 'integration', 'e2e']
const folder = await mkdtemp(join(tmpdir(), 'pinlab-tests-'))
try {
  const lines: string[] = []
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const project of projects) {
    const startedAt = performance.now()
    const { failed, totals } = await runProject(project, folder)
    if (failed) process.exitCode = 1
    sum.passed += totals.numPassedTests
    sum.failed += totals.numFailedTests
    sum.skipped += totals.numPendingTests + totals.numTodoTests
    lines.push(
      `${project}: ${failed ? 'failed' : 'passed'} in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`,
    )
  }
  process.stdout.write(`${lines.join('\n')}\n`)
  process.stdout.write(`${String(sum.passed)} passed, ${String(sum.failed)} failed, ${String(sum.skipped)} skipped\n`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
