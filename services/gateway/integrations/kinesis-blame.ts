import { parse } from 'lossless-json'
import type { Rendered } from '../vtl/template.ts'

/** A part of a rendered body that Kinesis refuses. */
interface Culprit {
  /** Of the text. */
  readonly offset: number
  readonly why: string
}

/** Names the line of the template that made a Kinesis request refused: `line 3, "Data": "$x": …`. */
export function kinesisBlame(
  action: string,
  rendered: Pick<Rendered, 'text' | 'lineOf'>,
  template: string,
): string | undefined {
  const { text } = rendered
  const culprit = syntaxCulprit(text) ?? memberCulprit(action, text)
  if (!culprit) return undefined
  const line = rendered.lineOf(culprit.offset)
  const source = template.split('\n')[line - 1]?.trim() ?? ''
  return `line ${String(line)} (${source}): ${culprit.why}`
}

function syntaxCulprit(text: string): Culprit | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const offset = Math.min(faultOffset(text), Math.max(0, text.trimEnd().length - 1))
    const written = text.slice(text.lastIndexOf('\n', offset - 1) + 1)
    const member = quotedJson.exec(written)?.[1]
    const why =
      member === undefined
        ? `what it wrote is not JSON: ${shown(written.trim())}`
        : `${member} is JSON text inside quotes, not base64: what $input.json gives needs $util.base64Encode around it`
    return { offset, why }
  }
}

/** Node's own parser does not always say where. */
function faultOffset(text: string): number {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return Number(/at position (\d+)/.exec(error.message)?.[1] ?? 0)
    throw error
  }
  return 0
}

/** A member whose value goes on after what ought to be its closing quote. */
const quotedJson = /^\s*"(\w+)"\s*:\s*"(?:[{[]|"(?=[^\s,}\]]))/

function memberCulprit(action: string, text: string): Culprit | undefined {
  const request = JSON.parse(text) as Partial<Record<string, unknown>> | null
  const records = action === 'PutRecord' ? [request] : action === 'PutRecords' ? request?.['Records'] : []
  if (!Array.isArray(records)) return undefined
  for (const [index, record] of (records as (Partial<Record<string, unknown>> | null)[]).entries()) {
    for (const [member, fault] of [
      ['Data', dataFault],
      ['PartitionKey', keyFault],
    ] as const) {
      const why = fault(record?.[member])
      if (why === undefined) continue
      const which = action === 'PutRecords' ? ` of record ${String(index + 1)}` : ''
      return { offset: offsetOf(text, member, index), why: `${member}${which} ${why}` }
    }
  }
  return undefined
}

/** Where the member of the record at `index` begins; a name inside a text has its quotes escaped. */
function offsetOf(text: string, member: string, index: number): number {
  let seen = -1
  for (const { index: offset } of text.matchAll(new RegExp(`(?<!\\\\)"${member}"\\s*:`, 'g'))) {
    seen += 1
    if (seen === index) return offset
  }
  return 0
}

function dataFault(data: unknown): string | undefined {
  if (data === undefined || data === null) return 'is missing'
  if (typeof data !== 'string') return `is ${shown(JSON.stringify(data))}, not base64 text: it needs $util.base64Encode`
  if (isBase64(data)) return undefined
  const what = /^\{[^":{}]+=/.test(data)
    ? 'an object written as {key=value}, as a reference writes it; $input.json gives its JSON'
    : /^[[{"]/.test(data)
      ? 'JSON text'
      : 'plain text'
  return `is ${shown(data)}, not base64: it is ${what}, and needs $util.base64Encode around it`
}

const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)

function keyFault(key: unknown): string | undefined {
  if (key === undefined || key === null) return 'is missing'
  if (typeof key !== 'string') return `is ${shown(JSON.stringify(key))}, not a text`
  if (key === '') return 'is empty: the request has none where the template looks for it'
  return key.length > 256 ? `has ${String(key.length)} characters, 256 at most` : undefined
}

const shownCharacters = 60

const shown = (text: string): string => (text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text)
