/** One figure of a benchmark. A limit is what the project promises; figures without one inform only. */
export interface BenchResult {
  readonly name: string
  readonly value: number
  /** `×` for a ratio of two figures of the same run, else `s`, `MiB`, `records/s` … */
  readonly unit: string
  readonly limit?: { readonly atLeast: number } | { readonly atMost: number }
}

/** A benchmark module exports these two; `run` starts and stops all it needs. */
export interface Bench {
  readonly name: string
  readonly run: () => Promise<BenchResult[]>
}

export const holds = ({ value, limit }: BenchResult): boolean => {
  if (!limit) return true
  return 'atLeast' in limit ? value >= limit.atLeast : value <= limit.atMost
}

/** The middle value; the mean of the two middle ones for an even count. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Round by round, as what else the machine does changes from round to round. */
export const ratios = (a: readonly number[], b: readonly number[]): number[] => a.map((rate, round) => rate / b[round]!)
