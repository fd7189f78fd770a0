import { logFolder } from './log.ts'
import { type Storage } from './storage.ts'

/** Names of the Delta tables below the storage's URI. */
export async function listTables(storage: Storage): Promise<string[]> {
  const folders = await storage.folders()
  const logs = await Promise.all(folders.map(async (folder) => storage.files(logFolder(folder))))
  return folders.filter((_, at) => (logs[at] ?? []).length > 0).sort()
}
