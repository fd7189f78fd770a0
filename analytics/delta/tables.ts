import { listLog, logFolder } from './log.ts'
import { type Storage } from './storage.ts'

/** Names of the Delta tables below the storage's URI. */
export async function listTables(storage: Storage): Promise<string[]> {
  const folders = await storage.folders()
  const logs = await Promise.all(folders.map(async (folder) => storage.files(logFolder(folder))))
  return folders.filter((_, at) => (logs[at] ?? []).length > 0).sort()
}

/** Newest version of each Delta table below the storage's URI, by name. */
export async function newestVersions(storage: Storage): Promise<Record<string, number>> {
  const versions = await Promise.all(
    (await listTables(storage)).map(async (table) => {
      const { commits, checkpoint } = await listLog(storage, table, false)
      return [table, commits.at(-1)?.version ?? checkpoint?.version ?? 0] as const
    }),
  )
  return Object.fromEntries(versions)
}
