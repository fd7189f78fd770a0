import { queryIds, type Answers } from '../../../contract/index.ts'
import { CheckBuilder, type Check } from '../check.ts'
import { differences } from '../oracle.ts'

/** The naive variant where it was asked for. */
export interface StreamAnswers {
  readonly right: Partial<Answers>
  readonly naive?: Partial<Answers>
}

/**
 * The eight queries over the Delta tables, all cells in order, against the oracle's.
 * @param skipReason when the oracle cannot know the truth
 */
export function checkStreamAnswers(
  name: string,
  actual: StreamAnswers,
  expected: { readonly right: Answers; readonly naive: Answers },
  skipReason: string | undefined,
): Check {
  const check = new CheckBuilder(name)
  check.count('queries', queryIds.length)
  for (const variant of ['right', 'naive'] as const) {
    const answers = actual[variant]
    if (!answers) continue
    for (const id of queryIds) {
      const rows = answers[id] ?? []
      check.count(variant === 'right' ? 'rows' : 'naiveRows', rows.length)
      if (skipReason !== undefined) continue
      for (const told of differences(id, rows, expected[variant][id]))
        check.fault(variant === 'right' ? 'differing' : 'naiveDiffering', () => `query ${id}, ${variant}: ${told}`)
    }
  }
  if (skipReason !== undefined) check.skip(skipReason)
  return check.done({
    passed: 'the answers over Delta equal those computed from the truth without SQL',
    failed: 'answers over Delta differ from the truth: see the checks above for what is lost, doubled or changed',
  })
}
