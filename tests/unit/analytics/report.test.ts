import { expect, test } from 'vitest'
import { renderReport } from '../../../analytics/verify/report.ts'
import { type ReportedCheck } from '../../../analytics/verify/verify.ts'

const check = (
  status: ReportedCheck['status'],
  path?: ReportedCheck['path'],
  warnings: string[] = [],
): ReportedCheck => ({
  name: `it-${status}`,
  ok: status !== 'failed',
  status,
  counts: { rows: 3, missing: 1 },
  hint: `how to read ${status}`,
  examples: status === 'failed' ? ['geo 1: gone'] : [],
  warnings,
  path,
})

test('the report prints a line a check, and what to make of one that did not pass', () => {
  expect(renderReport({ checks: [check('passed'), check('failed', 'batch'), check('skipped', 'batch')] })).toBe(
    [
      '✓ it-passed   rows 3, missing 1',
      '✗ it-failed   rows 3, missing 1',
      '    failed: how to read failed',
      '    geo 1: gone',
      '- it-skipped  rows 3, missing 1',
      '    skipped: how to read skipped',
    ].join('\n'),
  )
})

test('both paths are grouped, and a check that passed tells its warnings all the same', () => {
  const checks = [check('passed', 'stream', ['a hot shard']), check('passed', 'batch'), check('passed')]
  expect(renderReport({ checks })).toBe(
    [
      'both paths',
      '✓ it-passed  rows 3, missing 1',
      'batch path',
      '✓ it-passed  rows 3, missing 1',
      'stream path',
      '✓ it-passed  rows 3, missing 1',
      '    hint: a hot shard',
    ].join('\n'),
  )
})
