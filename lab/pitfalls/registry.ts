import { base64Twice } from './base64-twice.ts'
import { constantPartitionKey } from './constant-partition-key.ts'
import { deletedCheckpoint } from './deleted-checkpoint.ts'
import { javaMapText } from './java-map-text.ts'
import { jsonInJson } from './json-in-json.ts'
import { type Pitfall } from './pitfall.ts'
import { sharedCheckpoint } from './shared-checkpoint.ts'
import { userRowsEverywhere } from './user-rows-everywhere.ts'

/** Every pitfall that can be run, in the order in which a post meets them. */
export const pitfalls: readonly Pitfall[] = [
  jsonInJson,
  base64Twice,
  javaMapText,
  userRowsEverywhere,
  constantPartitionKey,
  sharedCheckpoint,
  deletedCheckpoint,
]
