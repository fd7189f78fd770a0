import { LabError, type DatasetRow, type EntityName, type RowOf } from '../contract/index.ts'
import { courseSize } from './domains/categories.ts'
import { PostMaker } from './generator/post.ts'

export interface DatasetSpec {
  /** 0 to 4,294,967,295. */
  readonly seed: number
  /** Posts, 1 to 10 million. */
  readonly size: number
}

export const maxDatasetSize = 10_000_000
const maxSeed = 0xffff_ffff

/** As many posts as the course's own tables. */
export const defaultDataset: DatasetSpec = { seed: 1, size: courseSize }

/** @throws LabError LAB_USAGE for a seed or size out of range. */
export function checkDatasetSpec({ seed, size }: DatasetSpec): void {
  const inRange = (value: number, low: number, high: number): boolean =>
    Number.isInteger(value) && value >= low && value <= high
  if (inRange(seed, 0, maxSeed) && inRange(size, 1, maxDatasetSize)) return
  throw new LabError('LAB_USAGE', {
    what: `there is no data set of seed ${String(seed)} and size ${String(size)}`,
    why: `the seed is a whole number from 0 to ${String(maxSeed)}, the size one from 1 to ${String(maxDatasetSize)} posts`,
    fix: `choose them in these ranges; seed ${String(defaultDataset.seed)} and size ${String(defaultDataset.size)} are the default`,
  })
}

/**
 * Every post of the data set in order of `ind` 0..size-1, each with its clean truth. The same (seed, size) gives the same rows
 * on every machine; one row at a time is held, so memory does not grow with the size.
 * @throws LabError LAB_USAGE for a seed or size out of range.
 */
export function* generateDataset(spec: DatasetSpec): Generator<DatasetRow, void, undefined> {
  const maker = postMaker(spec)
  for (let ind = 0; ind < spec.size; ind++) yield maker.post(ind)
}

/** The source rows of one table in order of `ind`, without their truth: what a load needs. */
export function* generateRows<E extends EntityName>(
  spec: DatasetSpec,
  entity: E,
): Generator<RowOf[E], void, undefined> {
  const maker = postMaker(spec)
  for (let ind = 0; ind < spec.size; ind++) yield maker[entity](ind).row as RowOf[E]
}

/**
 * One post of the data set, equal to the one that `generateDataset` yields; about 20 microseconds, whatever the size.
 * @throws LabError LAB_USAGE for a seed or size out of range; RangeError for an `ind` out of the data set.
 */
export function datasetRow(spec: DatasetSpec, ind: number): DatasetRow {
  const maker = postMaker(spec)
  if (!Number.isInteger(ind) || ind < 0 || ind >= spec.size)
    throw new RangeError(`ind ${String(ind)} is not in a data set of ${String(spec.size)} posts`)
  return maker.post(ind)
}

/** The tables of the last data set asked for: single rows mostly come from one and the same. */
let lastMaker: { readonly spec: DatasetSpec; readonly maker: PostMaker } | undefined

function postMaker({ seed, size }: DatasetSpec): PostMaker {
  if (lastMaker?.spec.seed === seed && lastMaker.spec.size === size) return lastMaker.maker
  checkDatasetSpec({ seed, size })
  const maker = new PostMaker(seed, size)
  lastMaker = { spec: { seed, size }, maker }
  return maker
}
