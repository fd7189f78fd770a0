import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configDefs } from '../../../services/s3-sink/settings/config-defs.ts'
import { parseProperties } from '../../../services/s3-sink/settings/properties.ts'
import { checkConfig } from '../../../services/s3-sink/settings/check-config.ts'

/** The connector configuration of the course, as a student pastes it into MSK Connect. */
const courseFile = `connector.class=io.confluent.connect.s3.S3SinkConnector
# same region as our bucket and cluster
s3.region=us-east-1
flush.size=1
schema.compatibility=NONE
tasks.max=3
# this depends on names you've given to your topics
topics.regex=a1b2c3d4e5f6.*
format.class=io.confluent.connect.s3.format.json.JsonFormat
partitioner.class=io.confluent.connect.storage.partitioner.DefaultPartitioner
value.converter.schemas.enable=false
value.converter=org.apache.kafka.connect.json.JsonConverter
storage.class=io.confluent.connect.s3.storage.S3Storage
key.converter=org.apache.kafka.connect.storage.StringConverter
s3.bucket.name=user-a1b2c3d4e5f6-bucket
`
const course = { ...parseProperties(courseFile), name: 'course' }
/** The course's configuration with some keys changed, or left out where undefined. */
const check = (changes: Record<string, string | undefined>) => {
  const config: Record<string, string> = {}
  const entries: Record<string, string | undefined> = { ...course, ...changes }
  for (const [key, value] of Object.entries(entries)) if (value !== undefined) config[key] = value
  return checkConfig(config)
}

describe("the course's configuration", () => {
  it('is taken unchanged', () => {
    const { errors, settings } = checkConfig(course)
    expect(errors).toEqual([])
    expect(settings).toMatchObject({
      name: 'course',
      tasksMax: 3,
      flushSizeRecords: 1,
      rotateIntervalMs: undefined,
      fromBeginning: true,
      skipsErrors: false,
      nullValues: 'fail',
      deadLetters: undefined,
      store: {
        bucket: 'user-a1b2c3d4e5f6-bucket',
        region: 'us-east-1',
        endpoint: undefined,
        partSizeBytes: 26_214_400,
      },
    })
  })

  it.each([
    ['a1b2c3d4e5f6.pin', true],
    ['a1b2c3d4e5f6anything', true],
    ['dlq-a1b2c3d4e5f6', false],
    ['__consumer_offsets', false],
    ['x.a1b2c3d4e5f6.pin', false],
  ])('reads topic %s: %s', (topic, isWanted) => {
    expect(checkConfig(course).settings?.isWanted(topic)).toBe(isWanted)
  })

  it('may carry keys that change nothing here', () => {
    const { errors } = check({
      'errors.log.enable': 'true',
      locale: 'en-GB',
      timezone: 'UTC',
      'partition.duration.ms': '3600000',
      'confluent.topic.bootstrap.servers': 'b-1:9092',
      's3.compression.type': 'none',
    })
    expect(errors).toEqual([])
  })
})

it('takes the configuration the lab creates, once its fields are filled', () => {
  const path = join(import.meta.dirname, '../../../services/s3-sink/connector.json')
  const values: Record<string, string> = {
    ...{ connectorName: 's3-sink', region: 'us-east-1', flushSizeRecords: '10', tasksMax: '3', userId: 'a1b2c3d4e5f6' },
    ...{ bucket: 'user-a1b2c3d4e5f6-bucket', endpoint: 'http://127.0.0.1:14566' },
  }
  const filled = readFileSync(path, 'utf8').replace(/\$\{(\w+)\}/g, (_, field: string) => values[field] ?? '')
  const { name, config } = JSON.parse(filled) as { name: string; config: Record<string, string> }
  const { errors, settings } = checkConfig({ ...config, name })
  expect(errors).toEqual([])
  expect(settings).toMatchObject({
    flushSizeRecords: 10,
    skipsErrors: true,
    nullValues: 'ignore',
    deadLetters: { topic: 'dlq-a1b2c3d4e5f6', replicationFactor: 1, withHeaders: true },
  })
})

describe('what is wrong or not supported is refused by name', () => {
  it.each<[Record<string, string | undefined>, string]>([
    [{ 'flush.size': undefined }, 'Missing required configuration "flush.size" which has no default value.'],
    [{ 'flush.size': 'one' }, 'Invalid value one for configuration flush.size: Not a number of type INT'],
    [{ 'flush.size': '0' }, 'Invalid value 0 for configuration flush.size: Value must be at least 1'],
    [{ 'flush.size': '3000000000' }, 'Invalid value 3000000000 for configuration flush.size: Not a number of type INT'],
    [{ 'tasks.max': '0' }, 'Invalid value 0 for configuration tasks.max: Value must be at least 1'],
    [
      { 'errors.tolerance': 'some' },
      'Invalid value some for configuration errors.tolerance: String must be one of: none, all',
    ],
    [{ 'flush.sise': '1' }, 'Unknown configuration "flush.sise": did you mean "flush.size"?'],
    [{ 'my.own.key': '1' }, 'Unknown configuration "my.own.key": this sink does not know it'],
    [
      { 'store.kafka.keys': 'yes' },
      'Invalid value yes for configuration store.kafka.keys: Expected value to be either true or false',
    ],
    [
      { 'store.kafka.keys': 'true' },
      'Invalid value true for configuration store.kafka.keys: This sink supports false only',
    ],
    [
      { 's3.bucket.name': '<BUCKET_NAME>' },
      'Invalid value <BUCKET_NAME> for configuration s3.bucket.name: It still holds a placeholder',
    ],
    [
      { 'topics.regex': '${userId}.*' },
      'Invalid value ${userId}.* for configuration topics.regex: It still holds a placeholder',
    ],
    [
      { 'topics.regex': '(?i)x' },
      'Invalid value (?i)x for configuration topics.regex: This sink does not support this part of Java pattern syntax',
    ],
    [{ 'store.url': 'localhost' }, 'Invalid value localhost for configuration store.url: Not an http or https URL'],
    [{ 'aws.secret.access.key': 'x' }, 'aws.access.key.id and aws.secret.access.key must be given together'],
    [
      { 'rotate.interval.ms': '1000', 'timestamp.extractor': 'Wallclock' },
      'Invalid value Wallclock for configuration timestamp.extractor: This sink supports Record only, together with rotate.interval.ms',
    ],
    [
      { 'errors.deadletterqueue.topic.name': 'a1b2c3d4e5f6-dlq' },
      "The DLQ topic 'a1b2c3d4e5f6-dlq' may not be matched by the regex for the topics ('topics.regex=a1b2c3d4e5f6.*') consumed by the connector",
    ],
    [
      { topics: 'a,b', 'topics.regex': undefined, 'errors.deadletterqueue.topic.name': 'b' },
      "The DLQ topic 'b' may not be included in the list of topics ('topics=[a, b]') consumed by the connector",
    ],
    [
      { 'value.converter.schemas.enable': undefined },
      "Invalid value true for configuration value.converter.schemas.enable: This sink supports false only, and the converter's default is true",
    ],
  ])('%j', (changes, error) => {
    const { errors, settings } = check(changes)
    expect(errors).toEqual([error])
    expect(settings).toBeUndefined()
  })

  it.each([
    ['format.class', 'io.confluent.connect.s3.format.avro.AvroFormat'],
    ['partitioner.class', 'io.confluent.connect.storage.partitioner.TimeBasedPartitioner'],
    ['value.converter', 'io.confluent.connect.avro.AvroConverter'],
    ['rotate.schedule.interval.ms', '60000'],
    ['schema.compatibility', 'BACKWARD'],
    ['s3.compression.type', 'gzip'],
    ['s3.object.tagging', 'true'],
    ['behavior.on.null.values', 'write'],
    ['transforms', 'insert'],
    ['topics.dir', 'raw'],
    ['filename.offset.zero.pad.width', '5'],
  ])('%s=%s', (name, value) => {
    expect(check({ [name]: value }).errors[0]).toMatch(
      `Invalid value ${value} for configuration ${name}: This sink supports`,
    )
  })

  it('tells a fault between two keys under both, as Connect does', () => {
    const both = 'topics and topics.regex are mutually exclusive options, but both are set.'
    expect(check({ topics: 'a' }).errors).toEqual([both, both])
    const neither = 'Must configure one of topics or topics.regex'
    expect(check({ 'topics.regex': undefined }).errors).toEqual([neither, neither])
  })

  it('never repeats a secret', () => {
    const secret = 'kept-to-itself'
    const { keys, errors } = check({ 's3.sse.customer.key': secret })
    expect(errors.join()).not.toContain(secret)
    expect(
      keys
        .filter(({ def }) => def.type === 'PASSWORD')
        .flatMap((key) => key.errors)
        .join(),
    ).toContain('[hidden]')
  })
})

it('knows every key once, with a default that is valid itself', () => {
  expect(new Set(configDefs.map(({ name }) => name)).size).toBe(configDefs.length)
  const withDefaults = Object.fromEntries(
    configDefs.flatMap(({ name, defaultValue }) => (defaultValue === undefined ? [] : [[name, defaultValue]])),
  )
  expect(checkConfig({ ...withDefaults, ...course }).errors).toEqual([])
})
