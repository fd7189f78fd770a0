import { type PlainFormat } from '../http/media-types.ts'
import { type FetchedRecord } from './record-buffer.ts'

/** One element of a `records` answer, as JSON text; the record's own JSON stands in it as it was written. Undefined when it is not JSON. */
export function recordJson(
  { topic, key, value, partition, offset }: FetchedRecord,
  format: PlainFormat,
): string | undefined {
  const keyJson = embed(key, format)
  const valueJson = embed(value, format)
  if (keyJson === undefined || valueJson === undefined) return undefined
  return `{"topic":${JSON.stringify(topic)},"key":${keyJson},"value":${valueJson},"partition":${String(partition)},"offset":${String(offset)}}`
}

function embed(bytes: Buffer | null, format: PlainFormat): string | undefined {
  if (bytes === null) return 'null'
  if (format === 'binary') return `"${bytes.toString('base64')}"`
  const text = bytes.toString('utf8')
  try {
    JSON.parse(text)
    return text
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
