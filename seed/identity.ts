import { z } from 'zod'
import { type Connection, type RowDataPacket } from '../clients/mysql.ts'
import { databaseName, entities, entityNames, type EntityName } from '../contract/index.ts'

const common = {
  /** Posts: rows of each of the three tables. */
  size: z.int().positive(),
  /** Of the contents: two data sets with the same digest are the same rows. */
  digest: z.string(),
  /** ISO 8601, UTC. */
  loadedAt: z.string(),
}

/** What the source tables hold. Of an imported data set `generated` names the tables that the import lacked. */
export const DatasetIdentity = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('generated'), seed: z.int().nonnegative(), ...common }),
  z.strictObject({ kind: z.literal('imported'), generated: z.array(z.enum(entityNames)), ...common }),
])
export type DatasetIdentity = z.infer<typeof DatasetIdentity>

/** The identity as it stands in each table's comment: it is written with the table, swapped with it and read by whoever reads it. */
export const identityComment = (identity: DatasetIdentity): string => JSON.stringify(identity)

/**
 * What is loaded, by any account that may read the tables; undefined when there is nothing, or when the three tables are not of
 * one load (someone made or changed them by hand).
 */
export async function datasetIdentity(connection: Connection): Promise<DatasetIdentity | undefined> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT table_name AS `table`, table_comment AS `comment` FROM information_schema.tables WHERE table_schema = ?',
    [databaseName],
  )
  const comments = new Map(rows.map((row) => [String(row['table']), String(row['comment'])]))
  const commentOf = (entity: EntityName): string => comments.get(entities[entity].table) ?? ''
  const comment = commentOf('pin')
  if (!comment.startsWith('{') || entityNames.some((entity) => commentOf(entity) !== comment)) return undefined
  const parsed = DatasetIdentity.safeParse(JSON.parse(comment))
  return parsed.success ? parsed.data : undefined
}
