import { runningOrStoppedCredentials } from './stored.ts'
import { answer, answerJson } from '../output.ts'
import { type CommandContext } from '../context.ts'
import { databaseText, databaseValues } from '../project/database-file.ts'

/** Prints what a course's db_creds.yaml holds: HOST, USER, PASSWORD, DATABASE, PORT. */
export async function creds(context: CommandContext, options: { format: 'yaml' | 'env' | 'json' }): Promise<number> {
  const { profile, credentials } = await runningOrStoppedCredentials(context)
  const values = databaseValues(profile, credentials)
  switch (options.format) {
    case 'json':
      answerJson(values)
      break
    case 'env':
      answer(
        Object.entries(values)
          .map(([name, value]) => `${name}=${String(value)}`)
          .join('\n'),
      )
      break
    case 'yaml':
      answer(databaseText(profile, credentials))
      break
  }
  return 0
}
