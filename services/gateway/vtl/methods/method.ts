import type { Nullable } from '../values/value.ts'

/** Undefined when the parameters fit no method of that name, which counts as no method at all. @throws EvaluationError */
export type Method<Self> = (self: Self, parameters: readonly Nullable[]) => Nullable | undefined

/** A Map, so that no name reaches what JavaScript's objects inherit. */
export type Methods<Self> = ReadonlyMap<string, Method<Self>>

export const methods = <Self>(table: Readonly<Record<string, Method<Self>>>): Methods<Self> =>
  new Map(Object.entries(table))

export const plain =
  <Self>(run: (self: Self) => Nullable): Method<Self> =>
  (self, parameters) =>
    parameters.length === 0 ? run(self) : undefined

export const withAny =
  <Self>(run: (self: Self, value: Nullable) => Nullable): Method<Self> =>
  (self, parameters) =>
    parameters.length === 1 ? run(self, parameters[0] ?? null) : undefined

export const withTwo =
  <Self>(run: (self: Self, first: Nullable, second: Nullable) => Nullable): Method<Self> =>
  (self, parameters) =>
    parameters.length === 2 ? run(self, parameters[0] ?? null, parameters[1] ?? null) : undefined

export const withText =
  <Self>(run: (self: Self, text: string) => Nullable): Method<Self> =>
  (self, [text, ...more]) =>
    typeof text === 'string' && more.length === 0 ? run(self, text) : undefined

export const withTexts =
  <Self>(run: (self: Self, first: string, second: string) => Nullable): Method<Self> =>
  (self, [first, second, ...more]) =>
    typeof first === 'string' && typeof second === 'string' && more.length === 0 ? run(self, first, second) : undefined

export const withInt =
  <Self>(run: (self: Self, int: number) => Nullable): Method<Self> =>
  (self, [int, ...more]) =>
    typeof int === 'bigint' && more.length === 0 ? run(self, Number(int)) : undefined

export const withInts =
  <Self>(run: (self: Self, first: number, second: number) => Nullable): Method<Self> =>
  (self, [first, second, ...more]) =>
    typeof first === 'bigint' && typeof second === 'bigint' && more.length === 0
      ? run(self, Number(first), Number(second))
      : undefined

export const withTextAndInt =
  <Self>(run: (self: Self, text: string, int: number) => Nullable): Method<Self> =>
  (self, [text, int, ...more]) =>
    typeof text === 'string' && typeof int === 'bigint' && more.length === 0 ? run(self, text, Number(int)) : undefined

/** The first whose parameters fit. */
export const overloaded =
  <Self>(...candidates: readonly Method<Self>[]): Method<Self> =>
  (self, parameters) => {
    for (const candidate of candidates) {
      const result = candidate(self, parameters)
      if (result !== undefined) return result
    }
    return undefined
  }
