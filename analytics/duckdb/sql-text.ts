import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type EntityName, type QueryId, type Variant } from '../../contract/index.ts'

const folder = join(import.meta.dirname, '..', 'sql')

const queryFiles: Readonly<Record<QueryId, string>> = {
  '4': '04-popular-category-per-country',
  '5': '05-popular-category-per-year',
  '6a': '06a-most-followed-user-per-country',
  '6b': '06b-country-of-the-most-followed-user',
  '7': '07-popular-category-per-age-group',
  '8': '08-median-followers-per-age-group',
  '9': '09-users-joined-per-year',
  '10': '10-median-followers-per-joining-year',
  '11': '11-median-followers-per-age-group-and-joining-year',
}

const read = async (path: string): Promise<string> => readFile(join(folder, path), 'utf8')

/** The one text of each step. `prelude` and `variant` are scripts of several statements, all others one SELECT. */
export const sqlText = {
  prelude: async () => read('prelude.duckdb.sql'),
  clean: async (entity: EntityName) => read(`clean/${entity}.sql`),
  superseded: async () => read('clean/superseded.sql'),
  variant: async (variant: Variant) => read(`variants/${variant}.sql`),
  ageGroups: async () => read('age-groups.sql'),
  query: async (id: QueryId) => read(`queries/${queryFiles[id]}.sql`),
  counts: async () => read('counts.sql'),
  quarantine: async () => read('quarantine.sql'),
} as const
