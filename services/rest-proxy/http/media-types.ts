/** Formats a record's key and value can be embedded in; those of `schemaFormats` need a Schema Registry. */
export const embeddedFormats = ['binary', 'json', 'avro', 'jsonschema', 'protobuf'] as const
export type EmbeddedFormat = (typeof embeddedFormats)[number]
export type PlainFormat = 'binary' | 'json'

export const isPlainFormat = (format: EmbeddedFormat): format is PlainFormat => format === 'binary' || format === 'json'

export const v2Json = 'application/vnd.kafka.v2+json'
export const v3Json = 'application/json'
export const embeddedJson = (format: EmbeddedFormat): string => `application/vnd.kafka.${format}.v2+json`

/** What an answer without records may be called, most preferred first (API reference, content types). */
export const metadataTypes = [v2Json, 'application/vnd.kafka+json', 'application/json']

const essence = (mediaType: string): string => (mediaType.split(';', 1)[0] ?? '').trim().toLowerCase()

/**
 * Format of the records in a request's body. Binary is assumed where none is named; undefined for a type the proxy
 * does not consume (415), `application/json` among them.
 */
export function embeddedFormatOf(contentType: string | undefined): EmbeddedFormat | undefined {
  if (contentType === undefined) return 'binary'
  const type = essence(contentType)
  if (type === v2Json) return 'binary'
  return embeddedFormats.find((format) => type === embeddedJson(format))
}

/** Whether a request that carries no records (a consumer's, say) may be of this type. */
export const isV2Request = (contentType: string | undefined): boolean =>
  contentType === undefined || embeddedFormatOf(contentType) !== undefined

interface MediaRange {
  readonly type: string
  readonly quality: number
}

function parseAccept(accept: string): MediaRange[] {
  return accept.split(',').flatMap((part) => {
    const type = essence(part)
    if (!/^[^\s/]+\/[^\s/]+$/.test(type)) return []
    const quality = Number(/;\s*q=([\d.]+)/i.exec(part)?.[1] ?? '1')
    return [{ type, quality: Number.isNaN(quality) ? 0 : quality }]
  })
}

const specificity = ({ type }: MediaRange): number => (type === '*/*' ? 0 : type.endsWith('/*') ? 1 : 2)

const covers = ({ type }: MediaRange, offered: string): boolean =>
  type === '*/*' || type === offered || (type.endsWith('/*') && offered.startsWith(type.slice(0, -1)))

/**
 * The offered type a client likes best: by the most specific range that covers it (RFC 9110, 12.5.1), then by the order of
 * `offered`. Undefined when it takes none (406).
 */
export function negotiate(accept: string | undefined, offered: readonly string[]): string | undefined {
  if (accept === undefined || accept.trim() === '') return offered[0]
  const ranges = parseAccept(accept).sort((a, b) => specificity(b) - specificity(a))
  let best: { type: string; quality: number } | undefined
  for (const type of offered) {
    const quality = ranges.find((range) => covers(range, type))?.quality ?? 0
    if (quality > (best?.quality ?? 0)) best = { type, quality }
  }
  return best?.type
}
