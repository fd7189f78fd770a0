import { EvaluationError } from '../values/value.ts'

const compiled = new Map<string, RegExp>()
const maxCompiled = 500

/** Syntax of Java's that JavaScript reads otherwise or not at all. */
const foreign = /\\[QEGAZzRXhHpP]|[*+?}]\+|\(\?[a-zA-Z>]|\[[^\]]*(?:&&|\[)/

/** A Java pattern as JavaScript's, matched everywhere. @throws EvaluationError for what the two do not share */
export function javaRegex(pattern: string): RegExp {
  const known = compiled.get(pattern)
  if (known) return known
  if (foreign.test(pattern)) throw new EvaluationError(`the lab does not run the Java pattern ${pattern}`)
  let regex: RegExp
  try {
    regex = new RegExp(pattern, 'g')
  } catch (error) {
    if (error instanceof SyntaxError) throw new EvaluationError(`${pattern} is not a pattern: ${error.message}`)
    throw error
  }
  if (compiled.size >= maxCompiled) compiled.clear()
  compiled.set(pattern, regex)
  return regex
}

/** Java's replacement text: `$1` is a group, a backslash takes a character's meaning. @throws EvaluationError */
export function replaced(text: string, pattern: RegExp, replacement: string, isFirstOnly: boolean): string {
  let isDone = false
  return text.replaceAll(pattern, (match: string, ...groups: unknown[]) => {
    if (isDone) return match
    isDone = isFirstOnly
    return expanded(replacement, [match, ...groups])
  })
}

function expanded(replacement: string, groups: readonly unknown[]): string {
  return replacement.replaceAll(/\\([^])|\$(\d)|[\\$]/g, (whole: string, literal?: string, group?: string) => {
    if (literal !== undefined) return literal
    const value = group === undefined ? undefined : groups[Number(group)]
    if (group === undefined || typeof value === 'number')
      throw new EvaluationError(`${JSON.stringify(replacement)} is not a replacement: ${whole} names no group`)
    return typeof value === 'string' ? value : ''
  })
}

export function matchesWhole(text: string, pattern: string): boolean {
  const regex = javaRegex(`^(?:${pattern})$`)
  regex.lastIndex = 0
  return regex.test(text)
}
