import { KinesisError } from '../kinesis-error.ts'
import { required, type Member } from '../members/member.ts'
import { streamAction } from './action.ts'

const tagKey = { type: 'String', min: 1, max: 128 } as const satisfies Member
const tagValue = { type: 'String', min: 0, max: 256 } as const satisfies Member

export const tagMap = {
  type: 'Map',
  keys: tagKey,
  values: tagValue,
  min: 1,
  max: 200,
} as const satisfies Member

export const addTagsToStream = streamAction(
  { members: { Tags: required(tagMap) } },
  async ({ streams, accountId }, name, { Tags }) => {
    checkTags(`Failed to add tags to stream ${name} under account ${accountId}`, Object.entries(Tags).flat())
    await streams.tag(name, Tags)
    return undefined
  },
)

export const removeTagsFromStream = streamAction(
  { members: { TagKeys: required({ type: 'List', of: tagKey, min: 1, max: 50 }) } },
  async ({ streams, accountId }, name, { TagKeys }) => {
    checkTags(`Failed to remove tags from stream ${name} under account ${accountId}`, TagKeys)
    await streams.untag(name, TagKeys)
    return undefined
  },
)

/** Most that a page may have, and its default, in the service model. */
const maxTags = 50

export const listTagsForStream = streamAction(
  { members: { Limit: { type: 'Integer', min: 1, max: maxTags }, ExclusiveStartTagKey: tagKey } },
  ({ streams }, name, { Limit = maxTags, ExclusiveStartTagKey = '' }) => {
    const tags = Object.entries(streams.describe(name).tags)
      .filter(([key]) => key > ExclusiveStartTagKey)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
    return {
      Tags: tags.slice(0, Limit).map(([Key, Value]) => ({ Key, Value })),
      HasMoreTags: tags.length > Limit,
    }
  },
)

/** @param doing begins the sentence @throws KinesisError InvalidArgumentException for a character that a tag may not have */
export function checkTags(doing: string, texts: readonly string[]): void {
  if (texts.every((text) => /^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u.test(text))) return
  throw new KinesisError(
    'InvalidArgumentException',
    `${doing} because some tags contained illegal characters. The allowed characters are ` +
      "Unicode letters, white-spaces, '_',',','/','=','+','-','@'.",
  )
}
