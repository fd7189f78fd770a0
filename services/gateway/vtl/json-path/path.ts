import type { Nullable } from '../values/value.ts'

/** One step of a JSONPath. */
export type PathStep =
  /** `needsAll` passes over objects that lack one of them. */
  | { readonly kind: 'names'; readonly names: readonly string[]; readonly needsAll: boolean }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'all' }
  /** The value itself and all that is in it, at any depth. */
  | { readonly kind: 'deep' }
  | { readonly kind: 'filter'; readonly condition: Condition }
  | { readonly kind: 'length' }

export interface Path {
  readonly steps: readonly PathStep[]
  /** Whether it can name one place at most; a path that is not definite gives a list. */
  readonly isDefinite: boolean
}

/** A filter's condition: it holds for the element that `@` stands for, in the document that `$` does. */
export type Condition = (element: Nullable, root: Nullable) => boolean

export const isDefinite = (steps: readonly PathStep[]): boolean =>
  steps.every(
    (step) => step.kind === 'names' || step.kind === 'length' || (step.kind === 'indexes' && step.indexes.length === 1),
  )
