import { LabError, localProfile, type Credentials, type Profile } from '../contract/index.ts'
import { type KinesisClientOptions } from '../clients/kinesis.ts'
import { type MysqlOptions } from '../clients/mysql.ts'
import { type S3ClientOptions } from '../clients/s3.ts'
import { readCredentials } from './credentials.ts'
import { nativeEngine } from './engines/native/engine.ts'
import { fromEnvironment, wholeNumber } from './environment.ts'
import { type ServiceName } from './graph.ts'
import { labHome, type LabHome } from './home.ts'
import { savedProfile } from './settings.ts'

/** What every command gets: the environment (read nowhere else) and the signal of Ctrl-C. */
export interface CommandContext {
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

export const homeOf = (context: CommandContext): LabHome => labHome(context.env['LAB_HOME'])

/** The profile of the last `up`; before the first, what an `up` with this environment would have. */
export async function profileOf(home: LabHome, env: NodeJS.ProcessEnv): Promise<Profile> {
  const saved = await savedProfile(home)
  if (saved) return saved
  const userId = fromEnvironment(env, 'USER_ID')
  const portOffset = fromEnvironment(env, 'PORT_OFFSET')
  return localProfile({
    ...(userId === undefined ? {} : { userId }),
    ...(portOffset === undefined ? {} : { portOffset: wholeNumber('PORT_OFFSET', 0, 40_000)(portOffset) }),
  })
}

export interface RunningLab {
  readonly home: LabHome
  readonly profile: Profile
  readonly credentials: Credentials
}

/** @throws LabError LAB_NOT_RUNNING where no service of this lab runs. */
export async function runningLab(context: CommandContext): Promise<RunningLab> {
  const home = homeOf(context)
  const profile = await savedProfile(home)
  const credentials = await readCredentials(home.credentials)
  const services = profile ? await nativeEngine.status(home) : []
  if (!profile || !credentials || services.every((service) => service.state === 'stopped')) {
    throw new LabError('LAB_NOT_RUNNING', {
      what: `the lab in ${home.root} is not running`,
      why: profile ? 'it was stopped, or its supervisor died and took the services along' : 'it was never started',
      fix: 'make up (POSTS=0 starts it without posting anything)',
    })
  }
  return { home, profile, credentials }
}

/**
 * For a command that asks these services itself: a clear word at once, where a client would try for a while and tell of a socket.
 * @throws LabError LAB_NOT_RUNNING naming those that were stopped or have crashed for good
 */
export async function requireServices(
  { home }: Pick<RunningLab, 'home'>,
  names: readonly ServiceName[],
): Promise<void> {
  const down = (await nativeEngine.status(home)).filter(
    ({ name, state }) => names.includes(name) && (state === 'stopped' || state === 'failed'),
  )
  const [first] = down
  if (!first) return
  throw new LabError('LAB_NOT_RUNNING', {
    what: `the command needs ${down.map(({ name }) => name).join(' and ')}`,
    why: down.map(({ name, state }) => `${name} ${state === 'failed' ? 'crashed' : 'was stopped'}`).join(', '),
    fix: `"lab start ${first.name}"; "lab logs ${first.name}" says what it logged last`,
  })
}

export const s3OptionsOf = ({ profile, credentials }: Omit<RunningLab, 'home'>): S3ClientOptions => ({
  endpoint: profile.s3.endpoint,
  region: profile.s3.region,
  accessKeyId: credentials.awsAccessKeyId,
  secretAccessKey: credentials.awsSecretAccessKey,
})

export const kinesisOptionsOf = ({ profile, credentials }: Omit<RunningLab, 'home'>): KinesisClientOptions => ({
  endpoint: profile.kinesis.endpoint,
  region: profile.kinesis.region,
  accessKeyId: credentials.awsAccessKeyId,
  secretAccessKey: credentials.awsSecretAccessKey,
})

/** The pipeline's read-only account. */
export const mysqlOptionsOf = ({ profile, credentials }: Omit<RunningLab, 'home'>): MysqlOptions => ({
  host: profile.mysql.host,
  port: profile.mysql.port,
  user: profile.mysql.user,
  password: credentials.mysqlPassword,
  database: profile.mysql.database,
})

export const mysqlRootOptionsOf = ({ profile, credentials }: Omit<RunningLab, 'home'>): MysqlOptions => ({
  host: profile.mysql.host,
  port: profile.mysql.port,
  user: 'root',
  password: credentials.mysqlRootPassword,
})
