import { type Answers, type CleanOf, type EntityName } from '../../../contract/index.ts'
import { type Database } from '../../duckdb/database.ts'
import { type CleanVersion, type CleanVersions } from '../clean-versions.ts'
import { addFacts, emptyFacts } from '../facts.ts'
import { addKeptForeign, type KeptForeign } from '../kept-foreign.ts'
import { oracleAnswers } from '../oracle.ts'
import { versionKey, type DeltaCheck } from './delta-check.ts'
import { type LoadTruth } from './kinesis-records.ts'

/** Copies that hold the same are one version of an ind; what came late counts where Delta has it. */
const versionsTable = `CREATE TABLE versions AS
  SELECT entity, ind, row_digest::VARCHAR AS row_digest, any_value(is_source) AS is_source,
         any_value(foreign_clean) AS foreign_clean, count(*) AS records, max(sequence_number) AS last
  FROM kinesis k
  WHERE kind = 'row' AND (NOT late OR (entity, shard_id, sequence_number) IN (SELECT (entity, shard_id, sequence_number) FROM delta))
  GROUP BY entity, ind, k.row_digest`

// Source rows held at a time, with their truth: some 40 MiB.
const indsPerSpan = 10_000

export interface StreamTruth {
  readonly answers: { readonly right: Answers; readonly naive: Answers }
  /** Why the oracle's answers cannot be trusted; undefined when they can. */
  readonly unknown: string | undefined
}

/** Lets `check` compare Delta's rows with the truth of Kinesis' records, and answers the queries from that truth. */
export async function compareWithTruth(
  database: Database,
  loadTruth: LoadTruth,
  check: DeltaCheck,
  foreign: KeptForeign,
  signal: AbortSignal,
): Promise<StreamTruth> {
  await database.run(versionsTable)
  const rows = await database.select('SELECT DISTINCT ind FROM versions ORDER BY ind')
  const inds = rows.map(({ ind }) => Number(ind))
  const [right, naive] = [emptyFacts(), emptyFacts()]
  let unknown: string | undefined
  for (let at = 0; at < inds.length; at += indsPerSpan) {
    signal.throwIfAborted()
    const span = inds.slice(at, at + indsPerSpan)
    const [first, last] = [span[0] ?? 0, span.at(-1) ?? 0]
    const { clean, byVersion } = await versionsOf(database, loadTruth, span)
    await check.contents(byVersion, first, last)
    unknown ??= addFacts(clean, right, naive)
    addKeptForeign(clean, foreign)
  }
  return { answers: { right: oracleAnswers(right, 'right'), naive: oracleAnswers(naive, 'naive') }, unknown }
}

async function versionsOf(
  database: Database,
  loadTruth: LoadTruth,
  inds: readonly number[],
): Promise<{ clean: CleanVersions; byVersion: Map<string, CleanOf[EntityName] | undefined> }> {
  const truth = await loadTruth(inds)
  const found = { pin: new Map(), geo: new Map(), user: new Map() } as Record<
    EntityName,
    Map<number, CleanVersion<EntityName>[]>
  >
  const byVersion = new Map<string, CleanOf[EntityName] | undefined>()
  const rows = await database.select(
    `SELECT entity, ind, row_digest, is_source, foreign_clean, records FROM versions
     WHERE ind BETWEEN ${String(inds[0] ?? 0)} AND ${String(inds.at(-1) ?? 0)} ORDER BY last`,
  )
  for (const row of rows) {
    const [entity, ind, isSource] = [row['entity'] as EntityName, Number(row['ind']), row['is_source'] === true]
    const foreign = row['foreign_clean']
    const clean = isSource
      ? truth.get(ind)?.[entity].clean
      : typeof foreign === 'string'
        ? (JSON.parse(foreign) as CleanOf[EntityName])
        : undefined
    byVersion.set(versionKey(entity, ind, String(row['row_digest'])), clean)
    const ofInd = found[entity].get(ind) ?? []
    found[entity].set(ind, [...ofInd, { records: Number(row['records']), clean, isSource }])
  }
  return { clean: found as unknown as CleanVersions, byVersion }
}
