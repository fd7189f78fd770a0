import { type EntityName, type RowOf } from '../../contract/index.ts'

export type Field = string | number

/** How a column's text is read: the field, or undefined where the text is not what `expected` says. */
export interface ColumnType {
  readonly expected: string
  readonly parse: (text: string) => Field | undefined
}

const maxInt32 = 2_147_483_647
const maxTextBytes = 65_535 // TEXT: MySQL reference manual, string type storage requirements
const maxVarcharCharacters = 255 // VARCHAR(255) of seed/schema.sql
const maxFloat32 = 3.402823466e38

/** A fraction of zeros is taken: spreadsheets and data frames write whole numbers so when a column had gaps. */
const integer: ColumnType = {
  expected: 'a whole number of 32 bits',
  parse: (text) => {
    if (!/^[+-]?\d+(\.0*)?$/.test(text.trim())) return undefined
    const number = Number(text)
    return number >= -maxInt32 - 1 && number <= maxInt32 ? number : undefined
  },
}

const float: ColumnType = {
  expected: 'a number',
  parse: (text) => {
    if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text.trim())) return undefined
    const number = Number(text)
    return Math.abs(number) <= maxFloat32 ? number : undefined
  },
}

/** The columns hold whole seconds in UTC, so no other zone and no fraction but zero is taken. */
const dateTime: ColumnType = {
  expected: 'a time such as 2021-09-26 19:49:23',
  parse: (text) => {
    const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.0+)?(?:Z|[+]00:?00)?$/.exec(text.trim())
    if (!match) return undefined
    const [, day = '', time = ''] = match
    const milliseconds = Date.parse(`${day}T${time}Z`)
    const exists = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(`${day}T${time}`)
    return exists && day >= '1000' ? `${day} ${time}` : undefined // DATETIME begins in the year 1000
  },
}

const varchar: ColumnType = {
  expected: `a text of at most ${String(maxVarcharCharacters)} characters`,
  parse: (text) =>
    text.length <= maxVarcharCharacters || Array.from(text).length <= maxVarcharCharacters ? text : undefined,
}

const longText: ColumnType = {
  expected: `a text of at most ${String(maxTextBytes)} bytes`,
  parse: (text) => (text.length * 3 <= maxTextBytes || Buffer.byteLength(text) <= maxTextBytes ? text : undefined),
}

/** Types of the columns as seed/schema.sql has them. */
export const columnTypes: { readonly [E in EntityName]: Readonly<Record<keyof RowOf[E], ColumnType>> } = {
  pin: {
    index: integer,
    unique_id: varchar,
    title: longText,
    description: longText,
    poster_name: longText,
    follower_count: longText,
    tag_list: longText,
    is_image_or_video: longText,
    image_src: longText,
    downloaded: integer,
    save_location: longText,
    category: longText,
  },
  geo: { ind: integer, timestamp: dateTime, latitude: float, longitude: float, country: varchar },
  user: { ind: integer, first_name: varchar, last_name: varchar, age: integer, date_joined: dateTime },
}
