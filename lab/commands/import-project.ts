import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { homeOf, profileOf, type CommandContext } from '../context.ts'
import { readCredentials } from '../credentials.ts'
import { answer, answerJson } from '../output.ts'
import { configText } from '../project/config-file.ts'
import { databaseText } from '../project/database-file.ts'
import { readProject } from '../project/read-project.ts'
import { scanProject } from '../project/scan.ts'
import { textTable } from '../tables.ts'

type Written = 'written' | 'kept' | 'no credentials yet'

/** Tells what to change in a user's own project, and writes the two files that its scripts read where they are missing. */
export async function importProject(
  context: CommandContext,
  options: { json?: boolean },
  folder: string,
): Promise<number> {
  const home = homeOf(context)
  const profile = await profileOf(home, context.env)
  const { files, tooLarge } = await readProject(folder)
  const changes = scanProject(files, profile)
  const credentials = await readCredentials(home.credentials)
  const written: Record<string, Written> = {
    'db_creds.yaml': credentials
      ? await writeMissing(join(folder, 'db_creds.yaml'), databaseText(profile, credentials))
      : 'no credentials yet',
    'config.py': await writeMissing(join(folder, 'config.py'), configText(files, profile)),
  }
  if (options.json) {
    answerJson({ folder: resolve(folder), files: files.length, tooLarge, written, changes })
    return 0
  }
  for (const [name, state] of Object.entries(written)) {
    const hint = state === 'no credentials yet' ? ': start the lab once (make up POSTS=0), then repeat this' : ''
    answer(`${name}  ${state}${hint}`)
  }
  for (const path of tooLarge) answer(`${path}  too large, not looked at`)
  if (changes.length === 0) answer(`nothing to change in ${String(files.length)} files`)
  else
    answer(
      textTable(
        ['where', 'what', 'found', 'put there'],
        changes.map(({ file, line, kind, found, replaceWith }) => [
          `${file}:${String(line)}`,
          kind,
          found,
          replaceWith,
        ]),
      ),
    )
  return 0
}

/** Readable by its owner alone, as it may hold a password; a file that is there stays as it is. */
async function writeMissing(path: string, text: string): Promise<Written> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 })
    return 'written'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return 'kept'
    throw error
  }
}
