import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { type Connection } from '../clients/mysql.ts'
import { entityNames, type EntityName } from '../contract/index.ts'
import { checkDatasetSpec, datasetRow, generateRows, type DatasetSpec } from './dataset.ts'
import { datasetIdentity, type DatasetIdentity } from './identity.ts'
import { loadTables } from './loading/swap.ts'
import { blocksOf, rowLine } from './loading/table-text.ts'

export interface LoadOptions {
  readonly signal?: AbortSignal
  /** Called every 10,000 rows with the posts loaded so far; a post counts in three thirds, one a table. */
  readonly onProgress?: (posts: number) => void
}

/**
 * Makes MySQL hold exactly the data set of (seed, size): all or nothing, and nothing to do where it is there already. Rows are
 * made while MySQL takes them, so memory does not grow with the size.
 * @param connection of an account that may create databases; its server takes LOAD DATA LOCAL
 * @throws LabError LAB_USAGE for a seed or size out of range; as `loadTables` else
 */
export async function loadDataset(
  connection: Connection,
  spec: DatasetSpec,
  { signal, onProgress }: LoadOptions = {},
): Promise<DatasetIdentity> {
  checkDatasetSpec(spec)
  const digest = datasetDigest(spec)
  const present = await datasetIdentity(connection)
  if (present?.kind === 'generated' && present.size === spec.size && present.digest === digest) return present
  const identity: DatasetIdentity = {
    kind: 'generated',
    seed: spec.seed,
    size: spec.size,
    digest,
    loadedAt: new Date().toISOString(),
  }
  let rows = 0
  const countedLines = function* (entity: EntityName): Generator<string, void, undefined> {
    for (const row of generateRows(spec, entity)) {
      yield rowLine(entity, row)
      rows += 1
      if (rows % progressEvery !== 0) continue
      onProgress?.(Math.floor(rows / entityNames.length))
      signal?.throwIfAborted()
    }
  }
  const linesOf = (entity: EntityName): Readable => Readable.from(blocksOf(countedLines(entity)), { objectMode: false })
  await loadTables(connection, linesOf, identity)
  return identity
}

const progressEvery = 10_000
const sampledPosts = 256

/**
 * Digest of a sample of the posts, rows and truths: the generator's own fingerprint. A generator that has changed gives another
 * one, so tables loaded by the older one are loaded anew instead of being judged by a truth that is not theirs.
 */
export function datasetDigest(spec: DatasetSpec): string {
  const hash = createHash('sha256')
  const samples = Math.min(sampledPosts, spec.size)
  for (let sample = 0; sample < samples; sample++)
    hash.update(JSON.stringify(datasetRow(spec, Math.floor((sample * spec.size) / samples))))
  return hash.digest('hex')
}
