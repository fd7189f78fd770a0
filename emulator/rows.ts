import { PythonRandom } from './random.ts'

export const orderNames = ['course', 'sequential', 'uniform'] as const
export type Order = (typeof orderNames)[number]

/** The course's script draws `randint(0, 11000)`, whatever its tables hold. */
export const courseLastRow = 11_000

export interface Emission {
  /** 0-based position in the run. */
  readonly emission: number
  /** 0-based position in the tables, ordered by their key. */
  readonly row: number
  /** The pause that the course's script makes before this post: `randrange(0, 2)`. */
  readonly sleepSeconds: number
}

export interface RowsOptions {
  readonly order: Order
  readonly seed: number
  /** Rows that every table has, at least 1. */
  readonly rowCount: number
  readonly posts: number | 'endless'
}

/**
 * Which row each post takes. Equal options give equal emissions, so a run can be taken up again at any point.
 * - `course`: the course's script draw for draw; on tables of fewer than 11,001 rows the draw is over the rows there are.
 * - `sequential`: rows in order, from the start again after the last.
 * - `uniform`: over all rows, drawn as the course draws.
 */
export function* emissionsOf({ order, seed, rowCount, posts }: RowsOptions): Generator<Emission> {
  const random = new PythonRandom(seed)
  const lastRow = order === 'course' ? Math.min(courseLastRow, rowCount - 1) : rowCount - 1
  const last = posts === 'endless' ? Number.MAX_SAFE_INTEGER : posts
  for (let emission = 0; emission < last; emission += 1) {
    const sleepSeconds = random.randrange(0, 2)
    const row = order === 'sequential' ? emission % rowCount : random.randint(0, lastRow)
    yield { emission, row, sleepSeconds }
  }
}
