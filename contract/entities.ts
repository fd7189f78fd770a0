import { z } from 'zod'

/** The course's user id: 12 lower-case hexadecimal digits; prefix of every topic, stream, bucket and Delta table. */
export const UserId = z.string().regex(/^[0-9a-f]{12}$/, 'must be 12 lower-case hexadecimal digits')

export const entityNames = ['pin', 'geo', 'user'] as const
export type EntityName = (typeof entityNames)[number]

export interface Entity {
  readonly name: EntityName
  /** MySQL table of the source database. */
  readonly table: string
  /** Column that joins the three tables; unique within its table. */
  readonly keyColumn: 'index' | 'ind'
  /** Source columns in `SELECT *` order (PIPELINE_FACTS section 1). */
  readonly columns: readonly string[]
}

export const entities: Readonly<Record<EntityName, Entity>> = {
  pin: {
    name: 'pin',
    table: 'pinterest_data',
    keyColumn: 'index',
    columns: [
      'index',
      'unique_id',
      'title',
      'description',
      'poster_name',
      'follower_count',
      'tag_list',
      'is_image_or_video',
      'image_src',
      'downloaded',
      'save_location',
      'category',
    ],
  },
  geo: {
    name: 'geo',
    table: 'geolocation_data',
    keyColumn: 'ind',
    columns: ['ind', 'timestamp', 'latitude', 'longitude', 'country'],
  },
  user: {
    name: 'user',
    table: 'user_data',
    keyColumn: 'ind',
    columns: ['ind', 'first_name', 'last_name', 'age', 'date_joined'],
  },
}

export const databaseName = 'pinterest_data'

export const topicName = (userId: string, entity: EntityName): string => `${userId}.${entity}`
export const topicNames = (userId: string): string[] => entityNames.map((entity) => topicName(userId, entity))
export const streamName = (userId: string, entity: EntityName): string => `streaming-${userId}-${entity}`
export const streamNames = (userId: string): string[] => entityNames.map((entity) => streamName(userId, entity))
/** Delta table of the stream path's clean rows: every record once, repeated posts included (rule 10 is a view's). */
export const deltaTableName = (userId: string, entity: EntityName): string => `${userId}_${entity}_table`
/** Delta table of the records that rule 11 keeps out of the clean table. */
export const quarantineTableName = (userId: string, entity: EntityName): string => `${userId}_${entity}_quarantine`
export const bucketName = (userId: string): string => `user-${userId}-bucket`

/** Prefix of the objects that the S3 sink writes for a topic. */
export const topicPrefix = (topic: string): string => `topics/${topic}/`

/** Key of the object that holds records from `startOffset` on (Confluent S3 sink, DefaultPartitioner). */
export const objectKey = (topic: string, partition: number, startOffset: bigint): string =>
  `${topicPrefix(topic)}partition=${String(partition)}/${topic}+${String(partition)}+${startOffset.toString().padStart(10, '0')}.json`

export interface ObjectKey {
  readonly topic: string
  readonly partition: number
  readonly startOffset: bigint
}

/** The inverse of `objectKey`; undefined for a key that the sink would not write. */
export function parseObjectKey(key: string): ObjectKey | undefined {
  const match = /^topics\/([^/]+)\/partition=(\d+)\/([^/]+)\+(\d+)\+(\d{10,})\.json$/.exec(key)
  if (!match) return undefined
  const [, topic = '', folder = '', name, partition, offset = ''] = match
  if (topic !== name || folder !== partition) return undefined
  return { topic, partition: Number(partition), startOffset: BigInt(offset) }
}
