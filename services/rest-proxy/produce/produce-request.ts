import { isUtf8 } from 'node:buffer'
import { restProxyLimits } from '../../../contract/limits.ts'
import { type EmbeddedFormat, isPlainFormat, type PlainFormat } from '../http/media-types.ts'
import { Refused } from '../http/refused.ts'
import { compact, depthOf, elements, members, type Span } from './json-spans.ts'

/** A record as the client asks for it: its bytes, and its partition where the client chose one. */
export interface WantedRecord {
  readonly key: Buffer | null
  /** null is a tombstone. */
  readonly value: Buffer | null
  readonly partition: number | undefined
}

const requestFields = new Set(['records', 'key_schema', 'key_schema_id', 'value_schema', 'value_schema_id'])
const recordFields = new Set(['key', 'value', 'partition'])

/**
 * Records of a produce request's body, in its order; never empty.
 *
 * @throws Refused malformedJson, badRequest, unprocessable, unrecognizedField, jsonConversion, keySchemaMissing,
 *   valueSchemaMissing, schemaRegistryMissing
 */
export function parseProduceRequest(body: Buffer, format: EmbeddedFormat): WantedRecord[] {
  const text = parseableText(body)
  const fields = fieldsOf(text, requestFields, 'the request')
  const records = fields.get('records')
  const parsed: { fields: Map<string, Span>; index: number }[] = []
  if (records !== undefined && text.charAt(records.start) === '[') {
    for (const span of elements(text, records.start)) {
      parsed.push({ fields: fieldsOf(text, recordFields, 'a record', span.start), index: parsed.length })
    }
  } else if (records !== undefined && !isNull(text, records)) {
    throw new Refused('badRequest', 'records is not an array.')
  }
  if (parsed.length === 0) throw new Refused('unprocessable', 'records must not be empty (was [])')
  if (!isPlainFormat(format)) throw withoutRegistry(text, fields, parsed)
  const source: Source = { text, ascii: text.length === body.length ? body : undefined }
  return parsed.map(({ fields, index }) => ({
    key: bytesOf(source, fields.get('key'), format),
    value: bytesOf(source, fields.get('value'), format),
    partition: partitionOf(text, fields.get('partition'), index),
  }))
}

function parseableText(body: Buffer): string {
  if (body.length === 0) throw new Refused('unprocessable', 'The request body must not be null (was null)')
  if (!isUtf8(body)) throw new Refused('malformedJson', 'not UTF-8')
  const text = body.toString('utf8')
  try {
    JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw new Refused('malformedJson', error.message, { cause: error })
    throw error
  }
  return text
}

function fieldsOf(text: string, known: ReadonlySet<string>, what: string, from?: number): Map<string, Span> {
  const start = from ?? text.search(/\S/)
  if (text.charAt(start) !== '{') throw new Refused('badRequest', `${what} is not an object.`)
  const fields = new Map<string, Span>()
  for (const { name, span } of members(text, start)) {
    if (!known.has(name)) throw new Refused('unrecognizedField', name)
    fields.set(name, span)
  }
  return fields
}

const isNull = (text: string, span: Span): boolean => text.startsWith('null', span.start)

interface Source {
  readonly text: string
  /** The text's bytes, where each is one character, so that a value need not be encoded again. */
  readonly ascii: Buffer | undefined
}

function bytesOf({ text, ascii }: Source, span: Span | undefined, format: PlainFormat): Buffer | null {
  if (span === undefined || isNull(text, span)) return null
  const json = text.slice(span.start, span.end)
  return format === 'json' ? jsonBytes(json, ascii?.subarray(span.start, span.end)) : base64Bytes(json)
}

function jsonBytes(json: string, bytes: Buffer | undefined): Buffer {
  if (json.length > restProxyLimits.maxJsonDepth && depthOf(json) > restProxyLimits.maxJsonDepth) {
    throw new Refused('jsonConversion', `nested deeper than ${String(restProxyLimits.maxJsonDepth)}`)
  }
  const compacted = compact(json)
  return bytes !== undefined && compacted.length === json.length ? bytes : Buffer.from(compacted, 'utf8')
}

function base64Bytes(json: string): Buffer {
  const shown = json.length > 100 ? `${json.slice(0, 100)}…` : json
  if (!json.startsWith('"')) throw new Refused('badRequest', `data=${shown} is not a base64 string.`)
  const encoded = (JSON.parse(json) as string).replace(/={1,2}$/, '')
  if (!/^[A-Za-z0-9+/]*$/.test(encoded) || encoded.length % 4 === 1) {
    throw new Refused('badRequest', `data=${shown} is not a valid base64 string.`)
  }
  return Buffer.from(encoded, 'base64')
}

function partitionOf(text: string, span: Span | undefined, index: number): number | undefined {
  if (span === undefined || isNull(text, span)) return undefined
  const partition = Number(text.slice(span.start, span.end))
  if (!Number.isInteger(partition)) {
    throw new Refused('badRequest', `records[${String(index)}].partition is not an integer.`)
  }
  if (partition < 0 || partition > 0x7fffffff) {
    const path = `records[${String(index)}].partition`
    throw new Refused('unprocessable', `${path} must be greater than or equal to 0 (was ${String(partition)})`)
  }
  return partition
}

/** No Schema Registry stands behind this proxy: what the real one answers, down to the schema that is missing. */
function withoutRegistry(
  text: string,
  request: ReadonlyMap<string, Span>,
  records: readonly { fields: ReadonlyMap<string, Span> }[],
): Refused {
  const has = (field: string): boolean =>
    [request.get(field), request.get(`${field}_id`)].some((span) => span !== undefined && !isNull(text, span))
  const uses = (field: string): boolean =>
    records.some(({ fields }) => {
      const span = fields.get(field)
      return span !== undefined && !isNull(text, span)
    })
  if (uses('key') && !has('key_schema')) return new Refused('keySchemaMissing')
  if (uses('value') && !has('value_schema')) return new Refused('valueSchemaMissing')
  return new Refused('schemaRegistryMissing')
}
