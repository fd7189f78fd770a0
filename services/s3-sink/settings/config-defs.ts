export type ValueType = 'STRING' | 'INT' | 'LONG' | 'BOOLEAN' | 'LIST' | 'PASSWORD' | 'CLASS'

/** One key of a connector's configuration, as Kafka's ConfigDef describes it, and what of it this sink supports. */
export interface ConfigDef {
  readonly name: string
  readonly type: ValueType
  readonly group: string
  /** Absent: null, or the key must be given when `required`. */
  readonly defaultValue?: string
  readonly required?: true
  /** Least number allowed. */
  readonly min?: number
  /** Values that Connect allows. */
  readonly oneOf?: readonly string[]
  /** Values that this sink supports; any other is refused by name. */
  readonly only?: readonly string[]
  readonly documentation: string
}

type Details = Omit<ConfigDef, 'name' | 'type' | 'group' | 'documentation'>

const group =
  (groupName: string) =>
  (name: string, type: ValueType, documentation: string, details: Details = {}): ConfigDef => ({
    name,
    type,
    group: groupName,
    documentation,
    ...details,
  })

const common = group('Common')
const errors = group('Error Handling')
const connector = group('Connector')
const storage = group('Storage')
const s3 = group('S3')
const partitioner = group('Partitioner')
const lab = group('Lab')

export const connectorClass = 'io.confluent.connect.s3.S3SinkConnector'
export const jsonConverter = 'org.apache.kafka.connect.json.JsonConverter'

const keyConverters = [
  'org.apache.kafka.connect.storage.StringConverter',
  'org.apache.kafka.connect.converters.ByteArrayConverter',
  jsonConverter,
]
/** Keys whose setting cannot change what this sink writes: accepted as they are. */
const noEffect = 'Accepted; it has no effect here.'

/**
 * Every key this sink knows. Types, defaults and allowed values: ConnectorConfig and SinkConnectorConfig of Apache Kafka 4.3,
 * StorageSinkConnectorConfig, StorageCommonConfig, PartitionerConfig and S3SinkConnectorConfig of the Confluent S3 sink 12.1.
 */
export const configDefs: readonly ConfigDef[] = [
  common('name', 'STRING', 'Globally unique name of this connector.', { required: true }),
  common('connector.class', 'STRING', 'Class of this connector.', { required: true }),
  common('connector.plugin.version', 'STRING', noEffect),
  common('tasks.max', 'INT', 'Number of tasks that share the partitions.', { defaultValue: '1', min: 1 }),
  common('tasks.max.enforce', 'BOOLEAN', noEffect, { defaultValue: 'true' }),
  common('topics', 'LIST', 'Topics to read, separated by commas.', { defaultValue: '' }),
  common('topics.regex', 'STRING', 'Pattern that the whole name of a topic must match.', { defaultValue: '' }),
  common('key.converter', 'CLASS', 'Converter of keys, which are read and not written.', { only: keyConverters }),
  common('key.converter.schemas.enable', 'BOOLEAN', 'Keys carry no schema.', { only: ['false'] }),
  common('value.converter', 'CLASS', 'Converter of values.', { only: [jsonConverter] }),
  common('value.converter.schemas.enable', 'BOOLEAN', 'Values carry no schema.', { only: ['false'] }),
  common('header.converter', 'CLASS', 'Converter of headers, which are not written.', {
    only: ['org.apache.kafka.connect.storage.SimpleHeaderConverter'],
  }),
  common('config.action.reload', 'STRING', noEffect, { defaultValue: 'restart', oneOf: ['none', 'restart'] }),
  common('transforms', 'LIST', 'Transformations of records: none.', { defaultValue: '', only: [''] }),
  common('predicates', 'LIST', 'Predicates of transformations: none.', { defaultValue: '', only: [''] }),
  common('consumer.override.auto.offset.reset', 'STRING', 'Where a group without offsets begins.', {
    defaultValue: 'earliest',
    only: ['earliest', 'latest'],
  }),
  common('confluent.topic.bootstrap.servers', 'LIST', noEffect),
  common('confluent.topic.replication.factor', 'INT', noEffect),
  common('confluent.topic', 'STRING', noEffect),
  common('confluent.license', 'PASSWORD', noEffect),

  errors('errors.retry.timeout', 'LONG', noEffect, { defaultValue: '0' }),
  errors('errors.retry.delay.max.ms', 'LONG', noEffect, { defaultValue: '60000' }),
  errors('errors.tolerance', 'STRING', 'Whether a record in error fails its task, or is skipped.', {
    defaultValue: 'none',
    oneOf: ['none', 'all'],
  }),
  errors('errors.log.enable', 'BOOLEAN', 'Accepted; skipped records are logged in any case, a line a batch.', {
    defaultValue: 'false',
  }),
  errors('errors.log.include.messages', 'BOOLEAN', noEffect, { defaultValue: 'false' }),
  errors('errors.deadletterqueue.topic.name', 'STRING', 'Topic that takes the skipped records.', { defaultValue: '' }),
  errors('errors.deadletterqueue.topic.replication.factor', 'INT', 'Replication of that topic where it is made.', {
    defaultValue: '3',
    min: 1,
  }),
  errors('errors.deadletterqueue.context.headers.enable', 'BOOLEAN', 'Whether headers there say what went wrong.', {
    defaultValue: 'false',
  }),

  connector('format.class', 'CLASS', 'Format of objects.', {
    required: true,
    only: ['io.confluent.connect.s3.format.json.JsonFormat'],
  }),
  connector('flush.size', 'INT', 'Number of records in an object.', { required: true, min: 1 }),
  connector('rotate.interval.ms', 'LONG', 'Span of record time in an object; -1: no bound.', { defaultValue: '-1' }),
  connector('rotate.schedule.interval.ms', 'LONG', 'Rotation by the clock, which replays cannot repeat: off.', {
    defaultValue: '-1',
    only: ['-1'],
  }),
  connector('rotate.file.on.partition.change', 'BOOLEAN', noEffect, { defaultValue: 'true' }),
  connector('schema.compatibility', 'STRING', 'JSON without schemas has nothing to compare.', {
    defaultValue: 'NONE',
    only: ['NONE'],
  }),
  connector('schemas.cache.config', 'INT', noEffect),
  connector('enhanced.avro.schema.support', 'BOOLEAN', noEffect),
  connector('connect.meta.data', 'BOOLEAN', noEffect),
  connector('allow.optional.map.keys', 'BOOLEAN', noEffect),
  connector('avro.codec', 'STRING', noEffect),
  connector('parquet.codec', 'STRING', noEffect),
  connector('retry.backoff.ms', 'LONG', 'Longest wait between attempts while the store fails.', {
    defaultValue: '5000',
    min: 0,
  }),
  connector('shutdown.timeout.ms', 'LONG', noEffect),
  connector('filename.offset.zero.pad.width', 'INT', 'Digits of the offset in a key.', {
    defaultValue: '10',
    only: ['10'],
  }),
  connector('behavior.on.null.values', 'STRING', 'What a record without a value does.', {
    defaultValue: 'fail',
    only: ['fail', 'ignore'],
  }),
  connector('report.null.values.to.dlq', 'BOOLEAN', 'Whether ignored null values go to the dead letter topic.', {
    defaultValue: 'true',
  }),
  connector('tombstone.encoded.partition', 'STRING', noEffect),
  connector('max.write.duration.ms', 'LONG', noEffect),

  storage('storage.class', 'CLASS', 'Storage of objects.', {
    required: true,
    only: ['io.confluent.connect.s3.storage.S3Storage'],
  }),
  storage('store.url', 'STRING', "Endpoint of the store; the worker's own where it is left out."),
  storage('topics.dir', 'STRING', 'First folder of keys.', { defaultValue: 'topics', only: ['topics'] }),
  storage('directory.delim', 'STRING', 'Delimiter of folders.', { defaultValue: '/', only: ['/'] }),
  storage('file.delim', 'STRING', 'Delimiter in file names.', { defaultValue: '+', only: ['+'] }),
  storage('store.kafka.keys', 'BOOLEAN', 'Whether keys are written too: no.', {
    defaultValue: 'false',
    only: ['false'],
  }),
  storage('store.kafka.headers', 'BOOLEAN', 'Whether headers are written too: no.', {
    defaultValue: 'false',
    only: ['false'],
  }),
  storage('keys.format.class', 'CLASS', noEffect),
  storage('headers.format.class', 'CLASS', noEffect),

  s3('s3.bucket.name', 'STRING', 'Bucket of the objects.', { required: true }),
  s3('s3.region', 'STRING', "Region of the bucket; the worker's own where it is left out."),
  s3('s3.part.size', 'INT', 'Bytes of a part of a multipart upload; smaller objects are one PutObject.', {
    defaultValue: '26214400',
    min: 5_242_880,
  }),
  s3('s3.part.retries', 'INT', 'Retries of a request within the S3 client.', { defaultValue: '3', min: 0 }),
  s3('s3.retry.backoff.ms', 'LONG', 'First wait between attempts while the store fails.', {
    defaultValue: '200',
    min: 0,
  }),
  s3('s3.credentials.provider.class', 'CLASS', "Provider of credentials: the worker's own.", {
    only: [
      'com.amazonaws.auth.DefaultAWSCredentialsProviderChain',
      'software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider',
    ],
  }),
  s3('aws.access.key.id', 'STRING', "Access key; the worker's own where it is left out.", { defaultValue: '' }),
  s3('aws.secret.access.key', 'PASSWORD', "Secret key; the worker's own where it is left out."),
  s3('s3.compression.type', 'STRING', 'Compression of objects: none.', { defaultValue: 'none', only: ['none'] }),
  s3('s3.compression.level', 'INT', noEffect),
  s3('s3.ssea.name', 'STRING', 'Server-side encryption by request: none.', { defaultValue: '', only: [''] }),
  s3('s3.sse.customer.key', 'PASSWORD', 'Customer key: none.', { only: [''] }),
  s3('s3.sse.kms.key.id', 'STRING', 'KMS key: none.', { defaultValue: '', only: [''] }),
  s3('s3.acl.canned', 'STRING', 'Canned ACL: none.', { only: [''] }),
  s3('s3.wan.mode', 'BOOLEAN', 'Accelerated endpoint: no.', { defaultValue: 'false', only: ['false'] }),
  s3('s3.path.style.access.enabled', 'BOOLEAN', 'Path-style addresses.', { defaultValue: 'true', only: ['true'] }),
  s3('s3.object.tagging', 'BOOLEAN', 'Tags of objects: no.', { defaultValue: 'false', only: ['false'] }),
  s3('s3.object.tagging.key.value.pairs', 'LIST', noEffect, { defaultValue: '' }),
  s3('s3.object.behavior.on.tagging.error', 'STRING', noEffect),
  s3('s3.schema.partition.affix.type', 'STRING', 'Schema names in keys: no.', { defaultValue: 'NONE', only: ['NONE'] }),
  s3('s3.proxy.url', 'STRING', 'Proxy: none.', { defaultValue: '', only: [''] }),
  s3('s3.proxy.user', 'STRING', noEffect),
  s3('s3.proxy.password', 'PASSWORD', noEffect),
  s3('s3.http.send.expect.continue', 'BOOLEAN', noEffect),
  s3('s3.send.digest', 'BOOLEAN', noEffect),
  s3('s3.elastic.buffer.enable', 'BOOLEAN', noEffect),
  s3('s3.elastic.buffer.init.capacity', 'INT', noEffect),
  s3('enable.conditional.writes', 'BOOLEAN', noEffect),
  s3('json.decimal.format', 'STRING', noEffect),
  s3('format.bytearray.extension', 'STRING', noEffect),
  s3('format.bytearray.separator', 'STRING', noEffect),

  partitioner('partitioner.class', 'CLASS', 'Partitioner of keys.', {
    defaultValue: 'io.confluent.connect.storage.partitioner.DefaultPartitioner',
    only: ['io.confluent.connect.storage.partitioner.DefaultPartitioner'],
  }),
  partitioner('partitioner.max.open.files', 'INT', noEffect),
  partitioner('partition.field.name', 'LIST', noEffect),
  partitioner('partition.duration.ms', 'LONG', noEffect),
  partitioner('path.format', 'STRING', noEffect),
  partitioner('locale', 'STRING', noEffect),
  partitioner('timezone', 'STRING', noEffect),
  partitioner('timestamp.extractor', 'STRING', 'Time that rotate.interval.ms goes by: that of the Kafka record.'),
  partitioner('timestamp.field', 'STRING', noEffect),

  lab('pinlab.s3.multipart', 'BOOLEAN', "Makes the connector's own multipart calls for every object, however small.", {
    defaultValue: 'false',
  }),
]
