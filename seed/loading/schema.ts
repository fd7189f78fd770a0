import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Connection } from '../../clients/mysql.ts'

const schemaFile = join(import.meta.dirname, '..', 'schema.sql')

/** Makes the three tables of seed/schema.sql in `database`, which holds none of them yet. */
export async function createTables(connection: Connection, database: string): Promise<void> {
  const text = await readFile(schemaFile, 'utf8')
  const statements = text
    .replace(/^--.*$/gm, '')
    .replaceAll('CREATE TABLE ', `CREATE TABLE ${database}.`)
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
  for (const statement of statements) await connection.query(statement)
}
