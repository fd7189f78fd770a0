import { addressesOf, streamName, topicName, type EntityName, type Profile } from '../../contract/index.ts'
import { placeholderValue } from './placeholders.ts'

/** One kind of text that is changed for the lab. */
export interface Rule {
  readonly kind: string
  /** Global; matched within a line. */
  readonly pattern: RegExp
  /** What to write in place of the match; undefined where it may stay. */
  readonly replacement: (match: RegExpExecArray) => string | undefined
}

/** Earlier rules win where two match the same text. */
export function rulesFor(profile: Profile): readonly Rule[] {
  const { userId } = profile
  const lab = addressesOf(profile)
  const otherId = (text: (entity: EntityName) => string) => (match: RegExpExecArray) =>
    match[1] === userId ? undefined : text(match[2] as EntityName) // as the patterns have it
  return [
    {
      kind: 'invoke URL',
      pattern: /https?:\/\/[\w<>-]+\.execute-api\.[\w-]+\.amazonaws\.com(?:\/(?!topics\b|streams\b)[\w-]+)?/g,
      replacement: () => lab.invokeUrl,
    },
    {
      kind: 'database host',
      pattern: /[\w.-]+\.rds\.amazonaws\.com/g,
      replacement: () => `${profile.mysql.host} (port ${String(profile.mysql.port)})`,
    },
    {
      kind: 'Kafka brokers',
      pattern: /[\w.-]+\.kafka\.[\w-]+\.amazonaws\.com:\d+(?:,[\w.-]+:\d+)*/g,
      replacement: () => lab.kafka,
    },
    { kind: 'Kafka brokers', pattern: /(?<![\w.-])[\w.-]+:909[2468]\b/g, replacement: () => lab.kafka },
    { kind: 'REST proxy', pattern: /https?:\/\/[\w.-]+:8082\b/g, replacement: () => lab.restProxy },
    {
      kind: 'https to the lab',
      pattern: /https:(\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?)/g,
      replacement: (match) => `http:${match[1] ?? ''}`,
    },
    {
      kind: 'topic',
      pattern: /(?<![\w-])([0-9a-f]{12})\.(pin|geo|user)\b/g,
      replacement: otherId((entity) => topicName(userId, entity)),
    },
    {
      kind: 'stream',
      pattern: /\bstreaming-([0-9a-f]{12})-(pin|geo|user)\b/g,
      replacement: otherId((entity) => streamName(userId, entity)),
    },
    {
      kind: 'bucket',
      pattern: /(?<=s3[an]?:\/\/)[a-z0-9][\w.-]+/g,
      replacement: ([bucket]) => (bucket === lab.bucket ? undefined : lab.bucket),
    },
    { kind: 'bucket', pattern: /\buser-([0-9a-f]{12})-bucket\b/g, replacement: otherId(() => lab.bucket) },
    {
      kind: 'placeholder',
      pattern: /<[A-Za-z][\w .'-]{1,60}>|\bYOUR_[A-Z_]+\b/g,
      replacement: ([text]) => placeholderValue(text, profile),
    },
  ]
}
