import { rm } from 'node:fs/promises'
import { mysqlConnection } from '../clients/mysql.ts'
import { defaultDataset } from '../seed/dataset.ts'
import { type DatasetIdentity, datasetIdentity } from '../seed/identity.ts'
import { hasStagedImport, loadImport } from '../seed/import.ts'
import { loadDataset } from '../seed/load.ts'
import { mysqlRootOptionsOf, type RunningLab } from './context.ts'

interface SourceOptions {
  readonly seed?: number
  readonly size?: number
}

/**
 * Makes MySQL hold what was asked for: a held import, else the named seed and size, else what is there already, else the
 * default. Loads nothing when the tables are right already.
 */
export async function ensureSource(
  lab: RunningLab,
  { seed, size }: SourceOptions,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<DatasetIdentity> {
  const connection = await mysqlConnection(mysqlRootOptionsOf(lab))
  try {
    if (await hasStagedImport(lab.home.import)) {
      say('loading the tables of "lab seed import"')
      await loadImport(lab.home.import, connection, { signal })
      await rm(lab.home.import, { recursive: true, force: true })
    }
    const present = await datasetIdentity(connection)
    const isAskedFor = seed !== undefined || size !== undefined
    if (!present || isAskedFor) {
      const base = present?.kind === 'generated' ? present : defaultDataset
      const wanted = { seed: seed ?? base.seed, size: size ?? base.size }
      await loadDataset(connection, wanted, {
        signal,
        onProgress: (rows) => {
          say(`${String(rows)} of ${String(wanted.size)} posts loaded`)
        },
      })
    }
    const loaded = await datasetIdentity(connection)
    if (!loaded) throw new Error('the loaded tables carry no identity')
    say(describeDataset(loaded))
    return loaded
  } finally {
    await connection.end()
  }
}

export const describeDataset = (identity: DatasetIdentity): string =>
  identity.kind === 'generated'
    ? `${String(identity.size)} posts, seed ${String(identity.seed)}`
    : `${String(identity.size)} posts of your own tables`
