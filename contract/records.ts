import { z } from 'zod'
import { entityNames, type EntityName } from './entities.ts'

/** MySQL's `YYYY-MM-DD HH:MM:SS`, in UTC. */
const DateTime = z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/)
const Int32 = z.int32()

/** A row of `pinterest_data` as it stands in MySQL: gaps are marker texts, never NULL. */
export const PinRow = z.strictObject({
  index: Int32,
  unique_id: z.string(),
  title: z.string(),
  description: z.string(),
  poster_name: z.string(),
  /** Text such as `437`, `124k`, `6M` or a marker. */
  follower_count: z.string(),
  tag_list: z.string(),
  is_image_or_video: z.string(),
  image_src: z.string(),
  downloaded: Int32,
  save_location: z.string(),
  category: z.string(),
})
export type PinRow = z.infer<typeof PinRow>

export const GeoRow = z.strictObject({
  ind: Int32,
  timestamp: DateTime,
  /** Degrees. */
  latitude: z.number(),
  longitude: z.number(),
  country: z.string(),
})
export type GeoRow = z.infer<typeof GeoRow>

export const UserRow = z.strictObject({
  ind: Int32,
  first_name: z.string(),
  last_name: z.string(),
  age: Int32,
  date_joined: DateTime,
})
export type UserRow = z.infer<typeof UserRow>

export interface RowOf {
  pin: PinRow
  geo: GeoRow
  user: UserRow
}

/** Clean rows, PIPELINE_FACTS section 4; column order is the clean table's. Times are `YYYY-MM-DD HH:MM:SS` in UTC. */
export interface CleanPin {
  ind: number
  unique_id: string | null
  title: string | null
  description: string | null
  follower_count: number | null
  poster_name: string | null
  tag_list: string | null
  is_image_or_video: string | null
  image_src: string | null
  save_location: string | null
  category: string | null
}
export interface CleanGeo {
  ind: number
  country: string | null
  /** [latitude, longitude] in degrees. */
  coordinates: [number, number] | null
  timestamp: string | null
}
export interface CleanUser {
  ind: number
  user_name: string | null
  age: number | null
  date_joined: string | null
}
export interface CleanOf {
  pin: CleanPin
  geo: CleanGeo
  user: CleanUser
}

/** One post with the truth beside each row: what cleaning must make of it. */
export type DatasetRow = { ind: number } & { [E in EntityName]: { row: RowOf[E]; clean: CleanOf[E] } }

export const queryIds = ['4', '5', '6a', '6b', '7', '8', '9', '10', '11'] as const
export type QueryId = (typeof queryIds)[number]

/** Output columns of each query in order (PIPELINE_FACTS section 5). */
export const queryColumns: Readonly<Record<QueryId, readonly string[]>> = {
  '4': ['country', 'category', 'category_count'],
  '5': ['post_year', 'category', 'category_count'],
  '6a': ['country', 'user_name', 'follower_count'],
  '6b': ['country', 'follower_count'],
  '7': ['age_group', 'category', 'category_count'],
  '8': ['age_group', 'median_follower_count'],
  '9': ['post_year', 'number_users_joined'],
  '10': ['post_year', 'median_follower_count'],
  '11': ['age_group', 'post_year', 'median_follower_count'],
}

export type AnswerRow = Record<string, string | number | null>
export type Answers = Record<QueryId, AnswerRow[]>

/** `right` follows PIPELINE_FACTS; `naive` skips rule 10 and counts rows in task 9, as most published answers do. */
export const variants = ['right', 'naive'] as const
export type Variant = (typeof variants)[number]

/** The two ways of a post through the pipeline. */
export const pathNames = ['batch', 'stream'] as const
export type PathName = (typeof pathNames)[number]

const acknowledged = {
  /** Which run of the emulator sent it. */
  run: z.string(),
  /** 0-based position in the run's sequence of posts. */
  emission: z.int().nonnegative(),
  ind: Int32,
  entity: z.enum(entityNames),
}

/** A record that the REST proxy acknowledged. */
export const BatchAcknowledgement = z.strictObject({
  ...acknowledged,
  topic: z.string(),
  partition: z.int().nonnegative(),
  offset: z.int().nonnegative(),
})
export type BatchAcknowledgement = z.infer<typeof BatchAcknowledgement>

/** A record that Kinesis acknowledged. */
export const StreamAcknowledgement = z.strictObject({
  ...acknowledged,
  stream: z.string(),
  /** `shardId-` and 12 digits. */
  shard: z.string(),
  /** Decimal digits; compares as a number within its shard. */
  sequenceNumber: z.string().regex(/^\d{1,128}$/),
})
export type StreamAcknowledgement = z.infer<typeof StreamAcknowledgement>

/** One acknowledgement by the pipeline's front door, a line of the ledger. */
export const Acknowledgement = z.union([BatchAcknowledgement, StreamAcknowledgement])
export type Acknowledgement = z.infer<typeof Acknowledgement>

export const isBatchAcknowledgement = (line: Acknowledgement): line is BatchAcknowledgement => 'topic' in line
