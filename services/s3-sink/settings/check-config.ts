import { configDefs, connectorClass, jsonConverter, type ConfigDef } from './config-defs.ts'
import { listOf, settingsOf, type ConnectorSettings, type RawConfig } from './settings.ts'
import { topicPattern } from './topic-pattern.ts'

export interface CheckedKey {
  readonly def: ConfigDef
  readonly value: string | null
  readonly errors: readonly string[]
}

export interface CheckedConfig {
  /** In the order of the definitions; a key that is not known comes last, with an error. */
  readonly keys: readonly CheckedKey[]
  readonly errors: readonly string[]
  /** Present when there is no error. */
  readonly settings: ConnectorSettings | undefined
}

/** Checks a whole configuration, each fault named with its key in Connect's words. Nothing is guessed: unknown keys are faults. */
export function checkConfig(config: RawConfig): CheckedConfig {
  const relations = relationErrors(config)
  const known = configDefs.map((def) => ({
    def,
    value: config[def.name] ?? def.defaultValue ?? null,
    errors: [...valueErrors(def, config[def.name]), ...(relations.get(def.name) ?? [])],
  }))
  const names = new Set(configDefs.map(({ name }) => name))
  const unknown = Object.keys(config)
    .filter((name) => !names.has(name))
    .map((name) => ({
      def: {
        name,
        type: 'STRING',
        group: 'Unknown',
        documentation: 'This sink does not know the key.',
      } satisfies ConfigDef,
      value: config[name] ?? null,
      errors: [`Unknown configuration "${name}"${similarTo(name)}`],
    }))
  const keys = [...known, ...unknown]
  const errors = keys.flatMap((key) => key.errors)
  return { keys, errors, settings: errors.length === 0 ? settingsOf(config) : undefined }
}

function valueErrors(def: ConfigDef, given: string | undefined): string[] {
  const { name, type, required, min, oneOf, only } = def
  if (given === undefined) {
    return required ? [`Missing required configuration "${name}" which has no default value.`] : []
  }
  const invalid = (why: string): string[] => [
    `Invalid value ${type === 'PASSWORD' ? '[hidden]' : given} for configuration ${name}: ${why}`,
  ]
  const value = given.trim()
  if (required && value === '') return invalid('String may not be empty')
  if (type !== 'PASSWORD' && /\$\{[^}]*\}|(?<!\(\?)<[A-Za-z][\w -]*>/.test(value))
    return invalid('It still holds a placeholder')
  if (type === 'BOOLEAN' && !/^(true|false)$/i.test(value)) return invalid('Expected value to be either true or false')
  if (type === 'INT' || type === 'LONG') {
    if (!isWhole(value, type)) return invalid(`Not a number of type ${type}`)
    if (min !== undefined && Number(value) < min) return invalid(`Value must be at least ${String(min)}`)
  }
  if (oneOf && !oneOf.includes(value)) return invalid(`String must be one of: ${oneOf.join(', ')}`)
  const isSupported = only?.some((supported) =>
    type === 'CLASS' ? supported === value : supported.toLowerCase() === value.toLowerCase(),
  )
  if (isSupported === false) return invalid(`This sink supports ${supportedText(only ?? [])} only`)
  return []
}

const supportedText = (values: readonly string[]): string =>
  values.map((value) => (value === '' ? 'no value' : value)).join(', ')

const bits = { INT: 32, LONG: 64 } as const
const isWhole = (text: string, type: 'INT' | 'LONG'): boolean =>
  /^[+-]?\d{1,19}$/.test(text) &&
  BigInt.asIntN(bits[type], BigInt(text.replace('+', ''))) === BigInt(text.replace('+', ''))

/** Faults that lie between two keys, by the key they are told under. */
function relationErrors(config: RawConfig): Map<string, string[]> {
  const found = new Map<string, string[]>()
  const add = (name: string, message: string): unknown => found.set(name, [...(found.get(name) ?? []), message])
  const value = (name: string): string => (config[name] ?? '').trim()
  /** Connect tells it under each of the two keys. */
  const addToBoth = (message: string): void => {
    for (const name of ['topics', 'topics.regex']) add(name, message)
  }
  const topics = listOf(value('topics'))
  const pattern = value('topics.regex')

  if (topics.length > 0 && pattern !== '') {
    addToBoth('topics and topics.regex are mutually exclusive options, but both are set.')
  } else if (topics.length === 0 && pattern === '') addToBoth('Must configure one of topics or topics.regex')

  const matcher = topicPattern(pattern)
  if ('fault' in matcher)
    add('topics.regex', `Invalid value ${pattern} for configuration topics.regex: ${matcher.fault}`)

  const deadLetters = value('errors.deadletterqueue.topic.name')
  if (deadLetters !== '' && topics.includes(deadLetters)) {
    add(
      'topics',
      `The DLQ topic '${deadLetters}' may not be included in the list of topics ('topics=[${topics.join(', ')}]') consumed by the connector`,
    )
  }
  if (deadLetters !== '' && pattern !== '' && 'matches' in matcher && matcher.matches(deadLetters)) {
    add(
      'topics.regex',
      `The DLQ topic '${deadLetters}' may not be matched by the regex for the topics ('topics.regex=${pattern}') consumed by the connector`,
    )
  }
  for (const side of ['key', 'value']) {
    if (value(`${side}.converter`) === jsonConverter && value(`${side}.converter.schemas.enable`) === '') {
      const key = `${side}.converter.schemas.enable`
      add(
        key,
        `Invalid value true for configuration ${key}: This sink supports false only, and the converter's default is true`,
      )
    }
  }
  if (value('connector.class') !== '' && !connectorClasses.includes(value('connector.class'))) {
    add(
      'connector.class',
      `Invalid value ${value('connector.class')} for configuration connector.class: This sink is ${connectorClass}`,
    )
  }
  const extractor = value('timestamp.extractor')
  if (Number(value('rotate.interval.ms')) > 0 && extractor !== '' && extractor !== 'Record') {
    add(
      'timestamp.extractor',
      `Invalid value ${extractor} for configuration timestamp.extractor: This sink supports Record only, together with rotate.interval.ms`,
    )
  }
  if (!isUrlOrBlank(value('store.url'))) {
    add('store.url', `Invalid value ${value('store.url')} for configuration store.url: Not an http or https URL`)
  }
  if ((value('aws.access.key.id') === '') !== (value('aws.secret.access.key') === '')) {
    add('aws.access.key.id', 'aws.access.key.id and aws.secret.access.key must be given together')
  }
  return found
}

/** Names by which Connect finds the class. */
export const connectorClasses = [connectorClass, 'S3SinkConnector', 'S3Sink']

function isUrlOrBlank(text: string): boolean {
  return text === '' || ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? '')
}

/** A known key that differs in a letter or two: most unknown keys are slips of the pen. */
function similarTo(name: string): string {
  const near = configDefs.find((def) => distance(def.name, name) <= 2)
  return near ? `: did you mean "${near.name}"?` : ': this sink does not know it'
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
