import { LabError } from '../contract/index.ts'

/** Flags that may also come from the environment, so that `make up POSTS=50` and `POSTS=50 npx lab up` are the same. */
export const fromEnvironment = (env: NodeJS.ProcessEnv, name: string): string | undefined => {
  const value = env[name]
  return value === undefined || value === '' ? undefined : value
}

/**
 * Parses a whole number of a flag.
 * @throws LabError LAB_USAGE naming the flag, the value and the bounds.
 */
export const wholeNumber =
  (flag: string, min: number, max = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text)
    if (/^\d+$/.test(text.trim()) && value >= min && value <= max) return value
    throw usageError(
      `${flag} takes a whole number`,
      `"${text}" is not one from ${String(min)}${max === Number.MAX_SAFE_INTEGER ? ' up' : ` to ${String(max)}`}`,
    )
  }

export const positiveNumber =
  (flag: string) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value
    throw usageError(`${flag} takes a number above 0`, `"${text}" is not one`)
  }

export const oneOf =
  <T extends string>(flag: string, allowed: readonly T[]) =>
  (text: string): T => {
    const found = allowed.find((name) => name === text)
    if (found !== undefined) return found
    throw usageError(`${flag} takes one of ${allowed.join(', ')}`, `"${text}" is none of them`)
  }

/** One or more names with commas between them; in the order of `allowed`, each once. */
export const listOf =
  <T extends string>(flag: string, allowed: readonly T[]) =>
  (text: string): readonly T[] => {
    const chosen = new Set(text.split(',').map((name) => oneOf(flag, allowed)(name.trim())))
    return allowed.filter((name) => chosen.has(name))
  }

export const usageError = (what: string, why: string): LabError =>
  new LabError('LAB_USAGE', { what, why, fix: 'see "npx lab --help" or "npx lab COMMAND --help"' })
