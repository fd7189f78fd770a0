/** Posts of the course's data set; every share and block below is of this many. */
export const courseSize = 11_154

/** Categories in the order of their blocks, each with its first index in the course's data set (PIPELINE_FACTS section 2). */
const courseBlocks = [
  ['art', 0],
  ['beauty', 892],
  ['christmas', 1637],
  ['diy-and-crafts', 2637],
  ['education', 3467],
  ['event-planning', 4330],
  ['finance', 5077],
  ['home-decor', 5864],
  ['mens-fashion', 6725],
  ['quotes', 7577],
  ['tattoos', 8487],
  ['travel', 9457],
  ['vehicles', 10_316],
] as const

export type Category = (typeof courseBlocks)[number][0]

export interface CategoryBlock {
  readonly category: Category
  /** First index of the block. */
  readonly start: number
  /** First index after the block; a block may be empty in a data set of few posts. */
  readonly end: number
}

/** The contiguous blocks of a data set of `size` posts: the course's, scaled. */
export function categoryBlocks(size: number): CategoryBlock[] {
  const starts = [...courseBlocks.map(([, start]) => Math.round((start * size) / courseSize)), size]
  return courseBlocks.map(([category], block) => ({
    category,
    start: starts[block] ?? size,
    end: starts[block + 1] ?? size,
  }))
}

/** The block that holds `ind`; the last one for an `ind` past the end. */
export function blockOf(blocks: readonly CategoryBlock[], ind: number): CategoryBlock {
  const block = blocks.find(({ end }) => ind < end) ?? blocks.at(-1)
  if (block === undefined) throw new RangeError('a data set has category blocks')
  return block
}
