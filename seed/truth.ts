import { type CleanOf, type EntityName, type RowOf } from '../contract/index.ts'

/**
 * What cleaning must make of a source row, PIPELINE_FACTS section 4, written apart from analytics/sql and from the generator so
 * that each can be checked by the others. Duplicates and rejected records (rules 10 and 11) are no matter of one row.
 */
export function truthOf<E extends EntityName>(entity: E, row: RowOf[E]): CleanOf[E] {
  return rules[entity](row)
}

const rules: { readonly [E in EntityName]: (row: RowOf[E]) => CleanOf[E] } = {
  pin: (row) => ({
    ind: row.index,
    unique_id: textOrNull(row.unique_id),
    title: known(row.title, ['No Title Data Available']),
    description: known(row.description, [
      'No description available Story format',
      'No description available',
      'Untitled',
    ]),
    follower_count: followerCount(row.follower_count),
    poster_name: known(row.poster_name, ['User Info Error']),
    tag_list: known(row.tag_list, ['N,o, ,T,a,g,s, ,A,v,a,i,l,a,b,l,e']),
    is_image_or_video: textOrNull(row.is_image_or_video),
    image_src: known(row.image_src, ['Image src error.', 'Image src error']),
    save_location: savedPath(row.save_location),
    category: textOrNull(row.category),
  }),
  geo: (row) => ({
    ind: row.ind,
    country: textOrNull(row.country),
    coordinates: Math.abs(row.latitude) <= 90 && Math.abs(row.longitude) <= 180 ? [row.latitude, row.longitude] : null,
    timestamp: dateTime(row.timestamp),
  }),
  user: (row) => ({
    ind: row.ind,
    user_name:
      [row.first_name, row.last_name]
        .map(textOrNull)
        .filter((part) => part !== null)
        .join(' ') || null,
    age: row.age >= 0 && row.age <= 130 ? row.age : null,
    date_joined: dateTime(row.date_joined),
  }),
}

function textOrNull(text: string): string | null {
  const trimmed = text.replace(/^\p{White_Space}+/u, '').replace(/\p{White_Space}+$/u, '')
  return trimmed === '' ? null : trimmed
}

function known(text: string, markers: readonly string[]): string | null {
  const trimmed = textOrNull(text)
  return trimmed === null || markers.includes(trimmed) ? null : trimmed
}

const unitFactors: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, b: 1e9 }
const maxInt32 = 2_147_483_647

function followerCount(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([kmb]?)$/i.exec((textOrNull(text) ?? '').replaceAll(',', ''))
  if (!match) return null
  const [, digits = '', unit = ''] = match
  const count = Math.round(Number(digits) * (unitFactors[unit.toLowerCase()] ?? Number.NaN))
  return count <= maxInt32 ? count : null
}

const savePrefix = 'Local save in '

function savedPath(text: string): string | null {
  const trimmed = textOrNull(text) ?? ''
  return trimmed.startsWith(savePrefix) ? textOrNull(trimmed.slice(savePrefix.length)) : null
}

/** Source times are DATETIME columns, so only their form and that the day exists are left to check. */
function dateTime(text: string): string | null {
  const milliseconds = Date.parse(`${text.replace(' ', 'T')}Z`)
  if (Number.isNaN(milliseconds)) return null
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ') === text ? text : null
}
