/**
 * Cuts values out of a JSON text as they stand, so that no number loses digits and no key changes place. All functions
 * take text that JSON.parse has accepted: they look for ends, not for errors.
 */
export interface Span {
  readonly start: number
  readonly end: number
}

const quote = 0x22
const backslash = 0x5c
const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

function skipSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at += 1
  return at
}

/** Position after the string that opens at `from`. */
function skipString(text: string, from: number): number {
  let at = from
  for (;;) {
    at = text.indexOf('"', at + 1)
    let backslashes = 0
    while (text.charCodeAt(at - 1 - backslashes) === backslash) backslashes += 1
    if (backslashes % 2 === 0) return at + 1
  }
}

/** Position after the value that starts at `from`. */
function skipValue(text: string, from: number): number {
  const first = text.charCodeAt(from)
  if (first === quote) return skipString(text, from)
  let at = from
  if (first !== 0x7b && first !== 0x5b) {
    while (at < text.length && !/[\s,\]}]/.test(text.charAt(at))) at += 1
    return at
  }
  let depth = 0
  for (;;) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      at = skipString(text, at)
      continue
    }
    if (code === 0x7b || code === 0x5b) depth += 1
    else if (code === 0x7d || code === 0x5d) depth -= 1
    at += 1
    if (depth === 0) return at
  }
}

/** Members of the object at `from` in order; a name that stands twice is yielded twice. */
export function* members(text: string, from: number): Generator<{ name: string; span: Span }> {
  let at = skipSpace(text, skipSpace(text, from) + 1)
  while (text.charAt(at) !== '}') {
    const nameEnd = skipString(text, at)
    const name = JSON.parse(text.slice(at, nameEnd)) as string
    const start = skipSpace(text, skipSpace(text, nameEnd) + 1)
    const end = skipValue(text, start)
    yield { name, span: { start, end } }
    at = skipSpace(text, end)
    if (text.charAt(at) === ',') at = skipSpace(text, at + 1)
  }
}

/** Elements of the array at `from` in order. */
export function* elements(text: string, from: number): Generator<Span> {
  let at = skipSpace(text, from + 1)
  while (text.charAt(at) !== ']') {
    const end = skipValue(text, at)
    yield { start: at, end }
    at = skipSpace(text, end)
    if (text.charAt(at) === ',') at = skipSpace(text, at + 1)
  }
}

/** The same value without the white space between its tokens. */
export function compact(json: string): string {
  if (!/\s/.test(json)) return json
  let kept = ''
  let from = 0
  let at = 0
  while (at < json.length) {
    if (json.charCodeAt(at) === quote) {
      at = skipString(json, at)
    } else if (isSpace(json.charCodeAt(at))) {
      kept += json.slice(from, at)
      at = skipSpace(json, at)
      from = at
    } else {
      at += 1
    }
  }
  return kept + json.slice(from)
}

/** Deepest nesting of arrays and objects in the value. */
export function depthOf(json: string): number {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at)
    if (code === quote) at = skipString(json, at) - 1
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, (depth += 1))
    else if (code === 0x7d || code === 0x5d) depth -= 1
  }
  return deepest
}
