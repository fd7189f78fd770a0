/** Amazon API Gateway, REST API: "Quotas for configuring and running a REST API" of the developer guide. */
export const gatewayLimits = {
  /** Request and response each; 10 MB, cannot be raised. */
  maxPayloadBytes: 10_485_760,
  /** Total combined size of all header values. */
  maxHeaderValueBytes: 10_240,
  /** Length of the URL for a regional API, in characters. */
  maxUrlLength: 10_240,
  minIntegrationTimeoutMs: 50,
  maxIntegrationTimeoutMs: 29_000,
  /** Account-level throttle per Region. */
  ratePerSecond: 10_000,
  burst: 5_000,
  /** Number of iterations in a #foreach ... #end loop in mapping templates. */
  maxForeachIterations: 1_000,
} as const

/** Confluent REST Proxy 7.2 and the Kafka broker and clients behind it. */
export const restProxyLimits = {
  /** max.request.size: producer configuration reference; a record's size when serialized. */
  maxRecordBytes: 1_048_576,
  /** API Gateway's payload limit, which is what a request can bring through the pipeline's front door. */
  maxBodyBytes: 10_485_760,
  /** max.request.header.size: Confluent rest-utils configuration. */
  maxHeaderBytes: 8_192,
  /** Kafka's Topic.MAX_NAME_LENGTH: 255 less the longest suffix of a log folder. */
  maxTopicNameLength: 249,
  /** Nesting that JSON parsers downstream accept: Jackson's StreamReadConstraints. */
  maxJsonDepth: 1_000,
  /** consumer.instance.timeout.ms: REST Proxy configuration reference. */
  consumerInstanceTimeoutMs: 300_000,
  /** consumer.request.timeout.ms: REST Proxy configuration reference. */
  consumerRequestTimeoutMs: 1_000,
  /** consumer.request.max.bytes: REST Proxy configuration reference. */
  consumerRequestMaxBytes: 67_108_864,
  /** fetch.min.bytes: REST Proxy configuration reference; -1 switches it off. */
  consumerFetchMinBytes: { min: -1, max: 10_000_000 },
  /** auto.commit.interval.ms: consumer configuration reference. */
  autoCommitIntervalMs: 5_000,
} as const

/** Amazon Kinesis Data Streams, a provisioned stream: "Quotas and limits" of the developer guide and the API reference. */
export const kinesisLimits = {
  /** Data before base64 and the partition key's UTF-8 together; the default, which a stream of AWS may raise. */
  maxRecordBytes: 1_048_576,
  /** Of one PutRecords call. */
  maxRecords: 500,
  /** Data and partition keys of one PutRecords call. */
  maxRecordsBytes: 10_485_760,
  /** Characters. */
  maxPartitionKeyLength: 256,
  /** Records of one GetRecords call. */
  maxReadRecords: 10_000,
  /** Of one stream. */
  maxTags: 50,
  minRetentionHours: 24,
  /** 365 days. */
  maxRetentionHours: 8_760,
} as const
