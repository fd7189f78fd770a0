/** Texts in code unit order with their cumulative weights, so that the minimum of n draws can be taken in one step. */
export interface WeightedList {
  readonly texts: readonly string[]
  /** `cumulative[i]` is the weight of `texts[0..i]`; the last one is the total. */
  readonly cumulative: readonly number[]
}

/** @param source `text:weight` separated by white space; `_` stands for a blank within a text. */
export function weighted(source: string): WeightedList {
  const entries = source
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const colon = entry.lastIndexOf(':')
      return { text: entry.slice(0, colon).replaceAll('_', ' '), weight: Number(entry.slice(colon + 1)) }
    })
    .sort((a, b) => (a.text < b.text ? -1 : 1))
  let total = 0
  return { texts: entries.map(({ text }) => text), cumulative: entries.map(({ weight }) => (total += weight)) }
}

/** The text at `position` (0 to 1, exclusive) of the total weight. */
export function textAt(list: WeightedList, position: number): string {
  const target = position * (list.cumulative.at(-1) ?? 0)
  let low = 0
  let high = list.cumulative.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((list.cumulative[middle] ?? 0) > target) high = middle
    else low = middle + 1
  }
  return list.texts[low] ?? ''
}
