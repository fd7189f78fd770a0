import { type PathName } from '../../contract/index.ts'
import { type Report, type ReportedCheck } from './verify.ts'

const marks = { passed: '✓', failed: '✗', skipped: '-' } as const
const groups: readonly { readonly path: PathName | undefined; readonly title: string }[] = [
  { path: undefined, title: 'both paths' },
  { path: 'batch', title: 'batch path' },
  { path: 'stream', title: 'stream path' },
]

/**
 * One line a check with its counts and warnings; under one that did not pass, how to read it and its first faults. Grouped by path
 * where there are both.
 */
export function renderReport({ checks }: Pick<Report, 'checks'>): string {
  const width = Math.max(...checks.map(({ name }) => name.length))
  const isGrouped = checks.some(({ path }) => path === 'batch') && checks.some(({ path }) => path === 'stream')
  return groups
    .flatMap(({ path, title }) => {
      const ofPath = checks.filter((check) => check.path === path).map((check) => rendered(check, width))
      return isGrouped && ofPath.length > 0 ? [title, ...ofPath] : ofPath
    })
    .join('\n')
}

function rendered({ name, status, counts, hint, examples, warnings }: ReportedCheck, width: number): string {
  const told = Object.entries(counts).map(([what, count]) => `${what} ${String(count)}`)
  const line = `${marks[status]} ${name.padEnd(width)}  ${told.join(', ')}`
  const warned = warnings.map((warning) => `    hint: ${warning}`)
  if (status === 'passed') return [line, ...warned].join('\n')
  return [line, `    ${status}: ${hint}`, ...examples.map((example) => `    ${example}`), ...warned].join('\n')
}
