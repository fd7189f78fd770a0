import type { Nullable } from '../values/value.ts'

/** Variables of one rendering, with those of the macro that runs in front of them. */
export interface Variables {
  get(name: string): Nullable | undefined
  /** Null removes it. */
  set(name: string, value: Nullable): void
}

/** @param objects `$input`, `$util` and the like, made when a template first asks for them */
export function templateVariables(objects: (name: string) => Nullable | undefined): Variables {
  const values = new Map<string, Nullable>()
  return {
    get: (name) => {
      const known = values.get(name)
      if (known !== undefined) return known
      const made = objects(name)
      if (made !== undefined) values.set(name, made)
      return made
    },
    set: (name, value) => {
      if (value === null && objects(name) === undefined) values.delete(name)
      else values.set(name, value)
    },
  }
}

/**
 * Within a macro its parameters stand in front: by name, so that a parameter that is a reference is read anew at each use. What a
 * macro sets is set outside too, as `velocimacro.context.localscope = false` has it.
 */
export function macroVariables(outer: Variables, parameters: ReadonlyMap<string, () => Nullable>): Variables {
  const own = new Map<string, Nullable>()
  return {
    get: (name) => own.get(name) ?? parameters.get(name)?.() ?? outer.get(name),
    set: (name, value) => {
      own.set(name, value)
      outer.set(name, value)
    },
  }
}
