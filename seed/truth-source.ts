import { mysqlConnection, type Connection, type MysqlOptions, type RowDataPacket } from '../clients/mysql.ts'
import { databaseName, entities, LabError, type DatasetRow, type EntityName, type RowOf } from '../contract/index.ts'
import { datasetRow } from './dataset.ts'
import { datasetIdentity, type DatasetIdentity } from './identity.ts'
import { datasetDigest } from './load.ts'
import { truthOf } from './truth.ts'

const indsPerQuery = 1_000

/**
 * The source rows of `inds` with their clean truth: from the generator where the tables were generated, else from MySQL by
 * `truthOf`. An ind that the data set does not hold is left out. Holds one entry for each different ind.
 * @param mysql of any account that may read the source tables
 * @throws LabError LAB_DATA_MISMATCH when the tables carry no identity, or one of another generator than this checkout's
 */
export async function loadTruth(mysql: MysqlOptions, inds: Iterable<number>): Promise<Map<number, DatasetRow>> {
  const connection = await mysqlConnection(mysql)
  try {
    const identity = await datasetIdentity(connection)
    if (!identity) throw mismatch('the source tables do not say what they hold')
    return identity.kind === 'generated' ? generatedTruth(identity, inds) : await importedTruth(connection, inds)
  } finally {
    await connection.end()
  }
}

function generatedTruth(
  { seed, size, digest }: DatasetIdentity & { kind: 'generated' },
  inds: Iterable<number>,
): Map<number, DatasetRow> {
  const spec = { seed, size }
  if (datasetDigest(spec) !== digest) throw mismatch('another version of this project generated them')
  const truth = new Map<number, DatasetRow>()
  for (const ind of new Set(inds)) if (ind >= 0 && ind < size) truth.set(ind, datasetRow(spec, ind))
  return truth
}

const mismatch = (why: string): LabError =>
  new LabError('LAB_DATA_MISMATCH', {
    what: 'the truth of the source tables is not known',
    why,
    fix: 'load them again: "lab up" with a SEED, or "lab seed import DIR"',
  })

async function importedTruth(connection: Connection, inds: Iterable<number>): Promise<Map<number, DatasetRow>> {
  const wanted = [...new Set(inds)]
  const truth = new Map<number, DatasetRow>()
  for (let start = 0; start < wanted.length; start += indsPerQuery) {
    const page = wanted.slice(start, start + indsPerQuery)
    const [pins, geos, users] = [
      await rowsOf(connection, 'pin', page),
      await rowsOf(connection, 'geo', page),
      await rowsOf(connection, 'user', page),
    ]
    for (const ind of page) {
      const [pin, geo, user] = [pins.get(ind), geos.get(ind), users.get(ind)]
      if (pin && geo && user) truth.set(ind, { ind, pin, geo, user })
    }
  }
  return truth
}

async function rowsOf<E extends EntityName>(
  connection: Connection,
  entity: E,
  inds: readonly number[],
): Promise<Map<number, DatasetRow[E]>> {
  const { table, keyColumn } = entities[entity]
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT * FROM ${databaseName}.${table} WHERE \`${keyColumn}\` IN (?)`,
    [inds],
  )
  return new Map(
    rows.map((packet) => {
      const row = { ...packet } as unknown as RowOf[E]
      return [Number(packet[keyColumn]), { row, clean: truthOf(entity, row) } as unknown as DatasetRow[E]]
    }),
  )
}
