import { type Check } from './check.ts'
import { type Report } from './verify.ts'

const marks = { passed: '✓', failed: '✗', skipped: '-' } as const

/** One line a check with its counts; under one that did not pass, how to read it and its first faults. */
export function renderReport({ checks }: Report): string {
  const width = Math.max(...checks.map(({ name }) => name.length))
  return checks.map((check) => rendered(check, width)).join('\n')
}

function rendered({ name, status, counts, hint, examples }: Check, width: number): string {
  const told = Object.entries(counts).map(([what, count]) => `${what} ${String(count)}`)
  const line = `${marks[status]} ${name.padEnd(width)}  ${told.join(', ')}`
  if (status === 'passed') return line
  return [line, `    ${status}: ${hint}`, ...examples.map((example) => `    ${example}`)].join('\n')
}
