import { configDefs, jsonConverter } from './config-defs.ts'
import { topicPattern } from './topic-pattern.ts'

export type RawConfig = Readonly<Record<string, string>>

/** What a connector does, from its checked configuration. */
export interface ConnectorSettings {
  readonly name: string
  readonly tasksMax: number
  readonly isWanted: (topic: string) => boolean
  readonly fromBeginning: boolean
  readonly keysAreJson: boolean
  readonly flushSizeRecords: number
  /** Span of record time in one object; undefined: no bound. */
  readonly rotateIntervalMs: number | undefined
  readonly nullValues: 'fail' | 'ignore'
  readonly skipsErrors: boolean
  readonly deadLetters: DeadLetterSettings | undefined
  readonly store: StoreSettings
}

export interface DeadLetterSettings {
  readonly topic: string
  readonly replicationFactor: number
  readonly withHeaders: boolean
  readonly takesNullValues: boolean
}

export interface StoreSettings {
  readonly bucket: string
  readonly region: string | undefined
  readonly endpoint: string | undefined
  readonly accessKeyId: string | undefined
  readonly secretAccessKey: string | undefined
  readonly partSizeBytes: number
  readonly alwaysMultipart: boolean
  readonly retries: number
  readonly firstBackoffMs: number
  readonly maxBackoffMs: number
}

export const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')

/** @param config one that `checkConfig` found no fault in */
export function settingsOf(config: RawConfig): ConnectorSettings {
  const text = (name: string): string => (config[name] ?? defaults.get(name) ?? '').trim()
  const number = (name: string): number => Number(text(name))
  const isTrue = (name: string): boolean => text(name).toLowerCase() === 'true'
  const orUndefined = (name: string): string | undefined => (text(name) === '' ? undefined : text(name))
  const topics = new Set(listOf(text('topics')))
  const matcher = topicPattern(text('topics.regex'))
  const deadLetterTopic = orUndefined('errors.deadletterqueue.topic.name')
  return {
    name: text('name'),
    tasksMax: number('tasks.max'),
    isWanted: (topic) => topics.has(topic) || (topics.size === 0 && 'matches' in matcher && matcher.matches(topic)),
    fromBeginning: text('consumer.override.auto.offset.reset').toLowerCase() === 'earliest',
    keysAreJson: text('key.converter') === jsonConverter,
    flushSizeRecords: number('flush.size'),
    rotateIntervalMs: number('rotate.interval.ms') > 0 ? number('rotate.interval.ms') : undefined,
    nullValues: text('behavior.on.null.values').toLowerCase() === 'ignore' ? 'ignore' : 'fail',
    skipsErrors: text('errors.tolerance') === 'all',
    deadLetters:
      deadLetterTopic === undefined
        ? undefined
        : {
            topic: deadLetterTopic,
            replicationFactor: number('errors.deadletterqueue.topic.replication.factor'),
            withHeaders: isTrue('errors.deadletterqueue.context.headers.enable'),
            takesNullValues: isTrue('report.null.values.to.dlq'),
          },
    store: {
      bucket: text('s3.bucket.name'),
      region: orUndefined('s3.region'),
      endpoint: orUndefined('store.url'),
      accessKeyId: orUndefined('aws.access.key.id'),
      secretAccessKey: orUndefined('aws.secret.access.key'),
      partSizeBytes: number('s3.part.size'),
      alwaysMultipart: isTrue('pinlab.s3.multipart'),
      retries: number('s3.part.retries'),
      firstBackoffMs: number('s3.retry.backoff.ms'),
      maxBackoffMs: number('retry.backoff.ms'),
    },
  }
}

const defaults = new Map(configDefs.map(({ name, defaultValue }) => [name, defaultValue]))
