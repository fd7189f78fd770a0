import { createReadStream } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable } from 'node:stream'
import { type Connection } from '../clients/mysql.ts'
import { entityNames, LabError, type EntityName, type UserRow } from '../contract/index.ts'
import { defaultDataset } from './dataset.ts'
import { datasetIdentity, type DatasetIdentity } from './identity.ts'
import { Faults, plural } from './importing/faults.ts'
import { pinGenerator } from './importing/generated-pins.ts'
import { type IndSet } from './importing/ind-set.ts'
import { brokenStage, readManifest, Stage, stagedTable } from './importing/staging.ts'
import { checkTable, fileName, type CheckedTable } from './importing/table.ts'
import { explainFailure } from './loading/failure.ts'
import { loadTables } from './loading/swap.ts'

export interface ImportPlan {
  /** Posts: rows of each table. */
  readonly size: number
  /** Tables that the folder lacks and that are generated to fit the others. */
  readonly generated: readonly EntityName[]
  /** Lines for the user: what was found, and what they should know of it. */
  readonly summary: readonly string[]
}

export interface ImportOptions {
  readonly signal?: AbortSignal
}

const examplesShown = 3

/**
 * Reads the CSV tables of `directory` (geolocation_data.csv, user_data.csv and, where it is there, pinterest_data.csv) to their
 * end and changes nothing.
 * @throws LabError LAB_IMPORT_INVALID with up to 20 faults, each with its file, line, column and value
 */
export async function validateImport(directory: string, { signal }: ImportOptions = {}): Promise<ImportPlan> {
  return checkImport(directory, undefined, signal)
}

/**
 * As `validateImport`, and holds the tables in `folder` for `loadImport`, in place of what it held; a fault or an interruption
 * leaves what it held. Missing pins are generated here, so what is held is whole.
 * @throws LabError LAB_IMPORT_INVALID, LAB_DISK_FULL, LAB_INTERRUPTED
 */
export async function stageImport(
  directory: string,
  folder: string,
  { signal }: ImportOptions = {},
): Promise<ImportPlan> {
  try {
    await using stage = await Stage.open(folder)
    const plan = await checkImport(directory, stage, signal)
    signal?.throwIfAborted()
    await stage.commit(plan.size, plan.generated)
    return plan
  } catch (error) {
    throw explainFailure(error)
  }
}

export const hasStagedImport = async (folder: string): Promise<boolean> => (await readManifest(folder)) !== undefined

/**
 * Loads what `stageImport` held: all or nothing, and nothing to do where MySQL holds it already. The folder stays.
 * @param connection of an account that may create databases; its server takes LOAD DATA LOCAL
 * @throws LabError LAB_STATE_BROKEN when the folder holds no whole import; as `loadTables` else
 */
export async function loadImport(
  folder: string,
  connection: Connection,
  { signal }: ImportOptions = {},
): Promise<DatasetIdentity> {
  const manifest = await readManifest(folder)
  if (!manifest) throw brokenStage(folder, 'no import was staged there')
  const present = await datasetIdentity(connection)
  if (present?.kind === 'imported' && present.digest === manifest.digest) return present
  const tableOf = (entity: EntityName): string => stagedTable(folder, manifest.digest, entity)
  for (const entity of entityNames) {
    if (!(await exists(tableOf(entity)))) throw brokenStage(folder, `${tableOf(entity)} is not there`)
  }
  const identity: DatasetIdentity = { kind: 'imported', ...manifest, loadedAt: new Date().toISOString() }
  const source = (entity: EntityName): Readable => createReadStream(tableOf(entity), signal ? { signal } : {})
  await loadTables(connection, source, identity)
  return identity
}

async function checkImport(
  directory: string,
  stage: Stage | undefined,
  signal: AbortSignal | undefined,
): Promise<ImportPlan> {
  await checkDirectory(directory)
  const faults = new Faults(directory)
  const check = async (entity: EntityName): Promise<CheckedTable> =>
    checkTable({
      directory,
      entity,
      faults,
      signal,
      ...(stage ? { onRow: async (row) => stage.write(entity, row) } : {}),
    })
  const geo = await check('geo')
  const user = await check('user')
  const hasPins = await exists(join(directory, fileName('pin')))
  const tables = hasPins ? [geo, user, await check('pin')] : [geo, user]
  if (faults.count === 0) addJoinFaults(tables, faults)
  faults.throwIfAny()
  const { size } = user.inds
  if (!hasPins && stage) await generatePins(directory, user.inds, stage, signal)
  return {
    size,
    generated: hasPins ? [] : ['pin'],
    summary: [
      `${plural(size, 'post')} in ${tables.map(({ entity }) => fileName(entity)).join(', ')}`,
      ...(hasPins ? [] : [`${fileName('pin')} is not there: pins are generated for the same inds`]),
      ...tables.flatMap(({ remarks }) => remarks),
    ],
  }
}

async function checkDirectory(directory: string): Promise<void> {
  let isDirectory = false
  try {
    isDirectory = (await stat(directory)).isDirectory()
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
  if (isDirectory) return
  throw new LabError('LAB_IMPORT_INVALID', {
    what: `${directory} cannot be imported`,
    why: 'there is no such folder, or it cannot be read',
    fix: `name a folder that holds ${fileName('geo')}, ${fileName('user')} and, if you have it, ${fileName('pin')}`,
  })
}

/** The inds join the tables, so each must hold the same. */
function addJoinFaults(tables: readonly CheckedTable[], faults: Faults): void {
  for (const table of tables) {
    for (const other of tables) {
      const { count, first } = other.inds.without(table.inds, examplesShown)
      if (count === 0) continue
      const examples = `${first.join(', ')}${count > first.length ? ', …' : ''}`
      faults.add({
        file: fileName(table.entity),
        problem: `lacks ${plural(count, 'ind')} of ${fileName(other.entity)}: ${examples}`,
      })
    }
  }
}

/** Reads the users again, for their file is known to be good and their pins are known to be wanted only now. */
async function generatePins(
  directory: string,
  inds: IndSet,
  stage: Stage,
  signal: AbortSignal | undefined,
): Promise<void> {
  const pinOf = pinGenerator(inds, defaultDataset.seed)
  const faults = new Faults(directory)
  await checkTable({
    directory,
    entity: 'user',
    faults,
    signal,
    onRow: async (user: UserRow) => stage.write('pin', pinOf(user)),
  })
  faults.throwIfAny()
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
