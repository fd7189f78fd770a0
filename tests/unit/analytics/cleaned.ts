import {
  objectKey,
  queryIds,
  topicName,
  type Answers,
  type EntityName,
  type GeoRow,
  type PinRow,
  type UserRow,
  type Variant,
} from '../../../contract/index.ts'
import { type CleanCounts } from '../../../analytics/clean-counts.ts'
import { finishCleaning, runQueries, useVariant } from '../../../analytics/duckdb/clean.ts'
import { openDatabase, type Database, type SqlRow } from '../../../analytics/duckdb/database.ts'
import { openLoader } from '../../../analytics/duckdb/load.ts'
import { type StoredObject } from '../../../analytics/objects.ts'

export const userId = 'a1b2c3d4e5f6'

/** A record as it stands in S3; `value` is JSON unless it is a text, which is taken as it is. */
export interface TestRecord {
  readonly entity: EntityName
  readonly partition?: number
  readonly offset?: number
  readonly value: unknown
}

/** Cleans the records by the real SQL in a real DuckDB; each is an object of its own, in the order given. */
export async function withCleaned<T>(
  records: readonly TestRecord[],
  use: (cleaned: { database: Database; counts: CleanCounts }) => Promise<T>,
): Promise<T> {
  await using database = await openDatabase(new AbortController().signal)
  const loader = await openLoader(database)
  const next = new Map<string, number>()
  for (const { entity, partition = 0, offset, value } of records) {
    const place = `${entity} ${String(partition)}`
    const at = offset ?? next.get(place) ?? 0
    next.set(place, at + 1)
    const line = typeof value === 'string' ? value : JSON.stringify(value)
    await loader.add(entity, anObject(entity, partition, at, `${line}\n`))
  }
  await loader.finish()
  return await use({ database, counts: await finishCleaning(database) })
}

export function anObject(entity: EntityName, partition: number, offset: number, content: string): StoredObject {
  const topic = topicName(userId, entity)
  const body = Buffer.from(content)
  const startOffset = BigInt(offset)
  return {
    key: objectKey(topic, partition, startOffset),
    bytes: body.length,
    name: { topic, partition, startOffset },
    etag: '',
    body,
  }
}

/** The clean rows of one entity, in the order of ind. */
export const cleanRows = async (records: readonly TestRecord[], entity: EntityName): Promise<SqlRow[]> =>
  withCleaned(records, async ({ database }) =>
    database.select(`SELECT * FROM ${entity === 'user' ? 'users' : entity} ORDER BY ind`),
  )

export const answersOf = async (records: readonly TestRecord[], variant: Variant = 'right'): Promise<Answers> =>
  withCleaned(records, async ({ database }) => {
    await useVariant(database, variant)
    return (await runQueries(database, queryIds)) as Answers
  })

export const aPin = (cells: Partial<PinRow> = {}): PinRow => ({
  index: 1,
  unique_id: 'b8c63a95-6fe8-4d8f-9455-1eb3462fee94',
  title: 'A title',
  description: 'A description',
  poster_name: 'A poster',
  follower_count: '124k',
  tag_list: 'One,Two',
  is_image_or_video: 'image',
  image_src: 'https://i.pinimg.com/originals/a.jpg',
  downloaded: 1,
  save_location: 'Local save in /data/art',
  category: 'art',
  ...cells,
})

export const aGeo = (cells: Partial<GeoRow> = {}): GeoRow => ({
  ind: 1,
  timestamp: '2018-03-04 05:06:07',
  latitude: -88.4642,
  longitude: -171.061,
  country: 'Albania',
  ...cells,
})

export const aUser = (cells: Partial<UserRow> = {}): UserRow => ({
  ind: 1,
  first_name: 'Aaron',
  last_name: 'Abbott',
  age: 20,
  date_joined: '2015-10-23 16:11:28',
  ...cells,
})

/** The three records of one post, each cell as given or a default. */
export const aPost = (
  ind: number,
  cells: { pin?: Partial<PinRow>; geo?: Partial<GeoRow>; user?: Partial<UserRow> } = {},
): TestRecord[] => [
  { entity: 'pin', value: aPin({ index: ind, ...cells.pin }) },
  { entity: 'geo', value: aGeo({ ind, ...cells.geo }) },
  { entity: 'user', value: aUser({ ind, ...cells.user }) },
]
