import { type CleanOf, type EntityName, type GeoRow, type PinRow, type UserRow } from '../../contract/index.ts'
import { truthOf } from '../../seed/truth.ts'
import { cellText, isObject, parseValue, trimmed, wholeNumber, type JsonObject } from './record-value.ts'

/**
 * What cleaning must make of a record that is no source row (posted by hand, say): its cells are brought into a source row's
 * types, then cleaned by seed/truth.ts. Undefined when a cell is an object or array, which that cannot judge.
 */
export function cleanForeign(entity: EntityName, value: Buffer | null): CleanOf[EntityName] | undefined {
  const record = parseValue(value)
  if (!isObject(record)) return undefined
  const cells = rowCells[entity](record)
  return cells && truthOf(entity, cells)
}

const rowCells: Readonly<Record<EntityName, (record: JsonObject) => (PinRow & GeoRow & UserRow) | undefined>> = {
  pin: (record) => {
    const texts = textsOf(record, [
      'unique_id',
      'title',
      'description',
      'poster_name',
      'follower_count',
      'tag_list',
      'is_image_or_video',
      'image_src',
      'save_location',
      'category',
    ])
    return texts && asRow({ ...texts, index: wholeNumber(record['index']), downloaded: 0 })
  },
  geo: (record) => {
    const texts = textsOf(record, ['timestamp', 'latitude', 'longitude', 'country'])
    return (
      texts &&
      asRow({
        ind: wholeNumber(record['ind']),
        timestamp: utcTime(texts['timestamp'] ?? ''),
        latitude: degrees(texts['latitude'] ?? ''),
        longitude: degrees(texts['longitude'] ?? ''),
        country: texts['country'],
      })
    )
  },
  user: (record) => {
    const texts = textsOf(record, ['first_name', 'last_name', 'date_joined', 'age'])
    return (
      texts &&
      asRow({
        ...texts,
        ind: wholeNumber(record['ind']),
        age: wholeNumber(texts['age']),
        date_joined: utcTime(texts['date_joined'] ?? ''),
      })
    )
  },
}

// truthOf reads the entity's own columns only
const asRow = (cells: Readonly<Record<string, unknown>>): PinRow & GeoRow & UserRow =>
  cells as unknown as PinRow & GeoRow & UserRow

/** A missing cell is a blank one: both clean to null. */
function textsOf(record: JsonObject, columns: readonly string[]): Record<string, string> | undefined {
  const texts: Record<string, string> = {}
  for (const column of columns) {
    const text = cellText(record[column])
    if (text === undefined) return undefined
    texts[column] = text ?? ''
  }
  return texts
}

function degrees(text: string): number {
  const number = trimmed(text)
  return /^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$/.test(number) ? Number(number) : Number.NaN
}

const isoTime = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(?:Z|([+-])(0\d|1[0-4]):?([0-5]\d)?)?$/

/** `YYYY-MM-DD HH:MM:SS` in UTC; the text itself when it is no time, which then cleans to null. */
function utcTime(text: string): string {
  const match = isoTime.exec(trimmed(text))
  if (!match) return text
  const [, day = '', time = '', sign, hours = '0', minutes = '0'] = match
  const local = Date.parse(`${day}T${time}Z`)
  if (Number.isNaN(local) || !new Date(local).toISOString().startsWith(`${day}T${time}`)) return 'no such time'
  const offsetMinutes = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : sign === '+' ? 1 : 0)
  return new Date(local - offsetMinutes * 60_000).toISOString().slice(0, 19).replace('T', ' ')
}
