import { EvaluationError, VtlList } from '../values/value.ts'
import { javaRegex, matchesWhole, replaced } from './java-regex.ts'
import { methods, overloaded, plain, withInt, withInts, withText, withTextAndInt, withTexts } from './method.ts'

/** Methods of java.lang.String (Java 8); a character is a string of one. */
export const stringMethods = methods<string>({
  charAt: withInt((self, at) => part(self, at, at + 1)),
  compareTo: withText(compare),
  concat: withText((self, other) => self + other),
  contains: withText((self, other) => self.includes(other)),
  endsWith: withText((self, other) => self.endsWith(other)),
  equalsIgnoreCase: withText((self, other) => self.toLowerCase() === other.toLowerCase()),
  hashCode: plain(hashCode),
  indexOf: overloaded(
    withText((self, other) => BigInt(self.indexOf(other))),
    withTextAndInt((self, other, from) => BigInt(self.indexOf(other, from))),
  ),
  isEmpty: plain((self) => self === ''),
  lastIndexOf: overloaded(
    withText((self, other) => BigInt(self.lastIndexOf(other))),
    withTextAndInt((self, other, from) => (from < 0 ? -1n : BigInt(self.lastIndexOf(other, from)))),
  ),
  length: plain((self) => BigInt(self.length)),
  matches: withText(matchesWhole),
  replace: withTexts((self, old, other) => self.replaceAll(old, () => other)),
  replaceAll: withTexts((self, pattern, other) => replaced(self, javaRegex(pattern), other, false)),
  replaceFirst: withTexts((self, pattern, other) => replaced(self, javaRegex(pattern), other, true)),
  split: overloaded(
    withText((self, pattern) => split(self, pattern, 0)),
    withTextAndInt(split),
  ),
  startsWith: overloaded(
    withText((self, other) => self.startsWith(other)),
    withTextAndInt((self, other, from) => from >= 0 && self.startsWith(other, from)),
  ),
  substring: overloaded(
    withInt((self, from) => part(self, from, self.length)),
    withInts(part),
  ),
  toLowerCase: plain((self) => self.toLowerCase()),
  toUpperCase: plain((self) => self.toUpperCase()),
  // Java trims every character up to the blank, JavaScript the blanks of Unicode
  trim: plain((self) => self.replace(/^[\u0000- ]+/, '').replace(/[\u0000- ]+$/, '')),
})

function part(self: string, from: number, to: number): string {
  if (from < 0 || to > self.length || from > to)
    throw new EvaluationError(
      `characters ${String(from)} to ${String(to)} of a string that has ${String(self.length)} were asked for`,
    )
  return self.slice(from, to)
}

/** Java drops empty strings at the end, unless a limit says how many parts to make. */
function split(self: string, pattern: string, limit: number): VtlList {
  const parts: string[] = []
  let from = 0
  for (const match of self.matchAll(javaRegex(pattern))) {
    if (limit > 0 && parts.length === limit - 1) break
    const end = match.index + match[0].length
    if (end === 0 || (match[0] === '' && match.index === self.length)) continue
    parts.push(self.slice(from, match.index))
    from = end
  }
  if (from === 0) return new VtlList([self])
  parts.push(self.slice(from))
  if (limit === 0) while (parts.at(-1) === '') parts.pop()
  return new VtlList(parts)
}

function hashCode(self: string): bigint {
  let hash = 0
  for (let at = 0; at < self.length; at += 1) hash = (Math.imul(31, hash) + self.charCodeAt(at)) | 0
  return BigInt(hash)
}

function compare(self: string, other: string): bigint {
  for (let at = 0; at < Math.min(self.length, other.length); at += 1) {
    const difference = self.charCodeAt(at) - other.charCodeAt(at)
    if (difference !== 0) return BigInt(difference)
  }
  return BigInt(self.length - other.length)
}
