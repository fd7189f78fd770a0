import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { LabError, localProfile, parseProfile, type Profile, type ProfileSettings } from '../contract/index.ts'
import type { LabHome } from './home.ts'

/** What a user may set for a lab by flag or environment; undefined means: as it was at the last `up`, or the default. */
export type UpSettings = { readonly [K in keyof ProfileSettings]: ProfileSettings[K] | undefined } & {
  readonly engine?: string | undefined
}

/**
 * The profile of this lab: the given settings over those of its last `up` over the defaults.
 * @throws LabError LAB_CONFIG_INVALID for a setting out of range, LAB_STATE_BROKEN for an unreadable profile.json.
 */
export async function resolveProfile(home: LabHome, settings: UpSettings): Promise<Profile> {
  const saved = await savedProfile(home)
  const base: ProfileSettings = saved
    ? {
        userId: saved.userId,
        portOffset: saved.portOffset,
        flushSizeRecords: saved.s3Sink.flushSizeRecords,
        partitions: saved.kafka.partitions,
        paths: saved.paths,
        shards: saved.kinesis.shards,
        enforceShardLimits: saved.kinesis.enforceShardLimits,
        putRecordTemplate: saved.gateway.putRecordTemplate,
      }
    : {}
  const { engine = 'native', ...given } = settings
  if (engine !== 'native') {
    throw new LabError('LAB_CONFIG_INVALID', {
      what: `engine "${engine}" cannot be started`,
      why: 'this version of the lab has one engine: native',
      fix: 'leave ENGINE out, or say ENGINE=native',
    })
  }
  return localProfile({ ...base, ...withoutUndefined(given) })
}

export async function savedProfile(home: LabHome): Promise<Profile | undefined> {
  let text: string
  try {
    text = await readFile(home.profile, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return parseProfile(home.profile, JSON.parse(text))
  } catch (error) {
    throw new LabError('LAB_STATE_BROKEN', {
      what: `${home.profile} does not hold this lab's settings`,
      why: error instanceof Error ? error.message : String(error),
      fix: `it was edited, or is of another version of the lab: delete ${home.profile}, then "make up" with the settings that this lab had (USER_ID=, PORT_OFFSET=, …)`,
      cause: error,
    })
  }
}

export async function saveProfile(home: LabHome, profile: Profile): Promise<void> {
  await mkdir(dirname(home.profile), { recursive: true })
  const draft = `${home.profile}.${String(process.pid)}`
  await writeFile(draft, `${JSON.stringify(profile, null, 2)}\n`)
  await rename(draft, home.profile)
}

const withoutUndefined = (settings: Omit<UpSettings, 'engine'>): ProfileSettings =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
