import { queryIds } from '../../contract/index.ts'
import { answer, type AnswerOptions } from '../../analytics/duckdb/answers.ts'

/** A process of its own, so that its peak memory is that of the answering alone. Options as JSON in the first argument. */
const options = JSON.parse(process.argv[2] ?? '') as Pick<AnswerOptions, 's3' | 'bucket' | 'userId'>
const startedMs = performance.now()
const { tables, answers } = await answer({
  ...options,
  queries: queryIds,
  variant: 'right',
  signal: AbortSignal.timeout(600_000),
})
const seconds = (performance.now() - startedMs) / 1000
const peakMiB = process.resourceUsage().maxRSS / 1024
process.stdout.write(JSON.stringify({ seconds, peakMiB, rows: tables.pin.rows, answers: Object.keys(answers).length }))
