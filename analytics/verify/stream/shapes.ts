import { parseJson, tablesOf, isObject } from '../record-value.ts'

/** How the data of a record that is no row was most likely spoilt (PIPELINE_FACTS section 6); undefined when nothing tells. */
export function shapeOf(text: string): string | undefined {
  const parsed = parseJson(text)
  if (parsed !== undefined && isObject(parsed)) {
    const [table] = tablesOf(parsed)
    return table && `${table} row`
  }
  const inner = typeof parsed === 'string' ? parsed : undefined
  if (inner !== undefined && isJsonObject(inner)) return 'JSON inside JSON'
  if (isBase64OfJson(inner ?? text)) return 'base64 twice'
  if (parsed === undefined && /^\s*\{\s*\w+=/.test(text)) return '{key=value}'
  return undefined
}

const isJsonObject = (text: string): boolean => isObject(parseJson(text))

const isBase64OfJson = (text: string): boolean =>
  /^[A-Za-z0-9+/]{4,}={0,2}$/.test(text) && isJsonObject(Buffer.from(text, 'base64').toString('utf8'))

/** What to tell of records of a shape. */
export const causes: Readonly<Record<string, string>> = {
  'JSON inside JSON':
    'a text that holds JSON, so every column is null: the producer called json.dumps on Data; send Data as an object',
  'base64 twice':
    'base64 of base64: the producer encoded Data, and so does the mapping template; leave the one or the other out',
  '{key=value}':
    'an object written as {key=value}: the mapping template takes $elem.data of an object; send Data as text, or use $input.json',
}
