import { LabError, type Credentials, type Profile } from '../../contract/index.ts'
import { homeOf, profileOf, type CommandContext } from '../context.ts'
import { readCredentials } from '../credentials.ts'

/** Credentials outlive a stop, so a user can write db_creds.yaml before the next start. */
export async function runningOrStoppedCredentials(
  context: CommandContext,
): Promise<{ profile: Profile; credentials: Credentials }> {
  const home = homeOf(context)
  const credentials = await readCredentials(home.credentials)
  if (credentials) return { profile: await profileOf(home, context.env), credentials }
  throw new LabError('LAB_NOT_RUNNING', {
    what: `the lab in ${home.root} has no credentials yet`,
    why: 'they are generated at its first start',
    fix: 'make up (POSTS=0 starts it without posting anything)',
  })
}
