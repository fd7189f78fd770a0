import { entityNames, type PathName } from '../contract/index.ts'
import { pythonDict } from './print.ts'
import { courseLastRow, type Order } from './rows.ts'
import { type Source, type SourcePost } from './source.ts'

export interface EmulatorProgress {
  /** Posts of the run that are acknowledged whole, on every path, those of earlier processes included. */
  readonly posts: number
  /** Acknowledged on every path, and on each. */
  readonly records: number
  readonly recordsByPath: Readonly<Record<PathName, number>>
  /** Undefined for an endless run. */
  readonly total: number | undefined
  /** Posts a second since the last report. */
  readonly ratePerSecond: number
  /** Requests sent again so far. */
  readonly retries: number
  /** What the newest of them had failed of. */
  readonly retryReason: string | undefined
}

export interface EmulatorHooks {
  /** Stops the run: no post begins any more, those that have begun are finished and recorded, within 10 seconds. */
  readonly signal: AbortSignal
  /** At most twice a second. */
  readonly onProgress?: (progress: EmulatorProgress) => void
  /** Gets the lines the course's script prints: pin_result, geo_result, user_result of each post before it is sent. */
  readonly print?: (line: string) => void
  readonly onWarning?: (warning: string) => void
}

const progressIntervalMs = 500

/** What a reader should know about the tables before the first post. */
export function* warningsOf(rowCounts: Source['rowCounts'], order: Order): Generator<string> {
  const counts = Object.values(rowCounts)
  const fewest = Math.min(...counts)
  if (Math.max(...counts) !== fewest) {
    const shown = entityNames.map((entity) => `${entity} ${String(rowCounts[entity])}`).join(', ')
    yield `the source tables differ in length (${shown}): posts are made of the first ${String(fewest)} rows`
  }
  if (order === 'course' && fewest <= courseLastRow) {
    yield `the course draws rows 0 to ${String(courseLastRow)}, the tables hold ${String(fewest)}: rows 0 to ${String(fewest - 1)} are drawn, another sequence than the course's`
  }
}

/** Tells of progress when it is called, but seldom enough; always when it is the last time. */
export function reporter(
  state: () => Omit<EmulatorProgress, 'ratePerSecond'>,
  { onProgress }: EmulatorHooks,
): (options?: { isLast?: boolean }) => void {
  let last = { atMs: performance.now(), posts: state().posts }
  return ({ isLast = false } = {}) => {
    const atMs = performance.now()
    if (!onProgress || (!isLast && atMs - last.atMs < progressIntervalMs)) return
    const now = state()
    onProgress({ ...now, ratePerSecond: ((now.posts - last.posts) * 1_000) / (atMs - last.atMs) })
    last = { atMs, posts: now.posts }
  }
}

export const printer =
  (print: (line: string) => void) =>
  ({ rows }: SourcePost): void => {
    for (const entity of entityNames) print(pythonDict(rows[entity]))
  }
