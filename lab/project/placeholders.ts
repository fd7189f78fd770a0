import { addressesOf, type Profile } from '../../contract/index.ts'

/**
 * What stands for a name that a person chose: a placeholder, or a name of config.py.
 * @returns undefined where the name does not tell
 */
export function valueOfName(name: string, profile: Profile): string | undefined {
  const lab = addressesOf(profile)
  const known: readonly (readonly [RegExp, string])[] = [
    [/user[ _-]*id/i, profile.userId],
    [/bucket/i, lab.bucket],
    [/broker|bootstrap/i, lab.kafka],
    [/region/i, profile.s3.region],
    [/s3.*(endpoint|url)/i, lab.s3],
    [/kinesis.*endpoint/i, lab.kinesis],
    [/invoke|api|(^|_)url$/i, lab.invokeUrl],
    [/(rds|db|mysql).*host|^host$/i, profile.mysql.host],
    [/(rds|db|mysql).*port|^port$/i, String(profile.mysql.port)],
    [/(rds|db|mysql).*user|^user$/i, profile.mysql.user],
    [/(rds|db|mysql).*(name|database)|^database$/i, profile.mysql.database],
  ]
  return known.find(([pattern]) => pattern.test(name))?.[1]
}

const mentionsSecret = /password|secret|token|access.*key/i
const mentionsSomeone = /\byour|YOUR_|name|path|email|\bkey\b/i

/** What to put in place of `<…>`; undefined for a tag of HTML. Secrets are pointed at, never told. */
export function placeholderValue(text: string, profile: Profile): string | undefined {
  const name = text.replace(/^<|>$/g, '')
  if (mentionsSecret.test(name)) return 'see "npx lab creds"'
  return valueOfName(name, profile) ?? (mentionsSomeone.test(name) ? 'your own text' : undefined)
}
