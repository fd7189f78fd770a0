export interface GatewayErrorRow {
  readonly status: number
  /** Answered in x-amzn-ErrorType; absent where the front end answers before any API is looked up. */
  readonly errorType?: string
  /** `application/json` unless the row says otherwise. */
  readonly contentType?: string
  readonly body: string
}

/**
 * Gateway responses of an API Gateway REST API: statuses of "Gateway response types for API Gateway" in the developer guide,
 * bodies and error types as captured from the service. `unsure` marks a row nobody captured: the documented status stands
 * with the text that the neighbouring rows suggest.
 */
export const gatewayErrors = {
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    errorType: 'MissingAuthenticationTokenException',
    body: '{"message":"Missing Authentication Token"}',
  },
  /** A stage that does not exist, and a bad or absent API key (INVALID_API_KEY). */
  FORBIDDEN: { status: 403, errorType: 'ForbiddenException', body: '{"message":"Forbidden"}' },
  BAD_REQUEST_BODY: { status: 400, errorType: 'BadRequestException', body: '{"message": "Invalid request body"}' },
  /** The missing names follow: `…parameters: [a, b]`. */
  BAD_REQUEST_PARAMETERS: {
    status: 400,
    errorType: 'BadRequestException',
    body: '{"message": "Missing required request parameters: [%s]"}',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    errorType: 'BadRequestException',
    body: '{"message": "Unsupported Media Type"}',
  },
  THROTTLED: { status: 429, errorType: 'TooManyRequestsException', body: '{"message":"Too Many Requests"}' },
  QUOTA_EXCEEDED: { status: 429, errorType: 'LimitExceededException', body: '{"message":"Limit Exceeded"}' },
  INTEGRATION_TIMEOUT: {
    status: 504,
    errorType: 'InternalServerErrorException',
    body: '{"message": "Endpoint request timed out"}',
  },
  /** The backend refuses the connection, resets it, or closes in the middle of its response. */
  INTEGRATION_FAILURE: {
    status: 504,
    errorType: 'InternalServerErrorException',
    body: '{"message": "Network error communicating with endpoint"}',
  },
  /** "Integration response of reported length … is larger than allowed maximum": API_CONFIGURATION_ERROR. */
  RESPONSE_TOO_LARGE: {
    status: 500,
    errorType: 'InternalServerErrorException',
    body: '{"message": "Internal server error"}',
  },
  /**
   * "Invalid API configuration, including when integration response mapping can't match any template and no default template is
   * configured"; a mapping template that fails as it runs too.
   */
  API_CONFIGURATION_ERROR: {
    status: 500,
    errorType: 'InternalServerErrorException',
    body: '{"message": "Internal server error"}',
  },
  /** Plain text from the front end, with none of the x-amzn headers. */
  REQUEST_TOO_LARGE: {
    status: 413,
    contentType: 'text; charset=utf-8',
    body: 'HTTP content length exceeded 10485760 bytes.',
  },
  /** The text was captured, the status was not: unsure. */
  HEADERS_TOO_LARGE: {
    status: 431,
    contentType: 'text; charset=utf-8',
    body: 'HTTP header is larger than 10240 bytes.',
  },
  /** Status and words of the quotas page; the rest is unsure. */
  URL_TOO_LONG: { status: 414, contentType: 'text; charset=utf-8', body: 'Request URI too long' },
  /** Unsure: bytes that are no HTTP request. */
  BAD_REQUEST: { status: 400, contentType: 'text; charset=utf-8', body: 'Bad Request' },
  /** Unsure: a client that does not send its request in time. */
  REQUEST_TIMEOUT: { status: 408, contentType: 'text; charset=utf-8', body: 'Request Timeout' },
  /** The lab's own bound on memory; the words are API Gateway's for a service that cannot answer now. */
  OVERLOADED: { status: 503, errorType: 'ServiceUnavailableException', body: '{"message":"Service Unavailable"}' },
} as const satisfies Record<string, GatewayErrorRow>
export type GatewayError = keyof typeof gatewayErrors

export interface RestProxyError {
  readonly status: number
  /** `error_code` of the body, or of one record in a produce answer. */
  readonly errorCode: number
  /** `message` of the body; a text that ends in `: ` or `. ` is completed by the case at hand. */
  readonly message: string
}

/** Confluent REST Proxy v2: every error body is `{"error_code": N, "message": "…"}` (API reference; kafka-rest `Errors`, rest-utils mappers). */
export const restProxyErrors = {
  malformedJson: { status: 400, errorCode: 400, message: 'Malformed JSON: ' },
  badRequest: { status: 400, errorCode: 400, message: 'Bad Request: ' },
  notFound: { status: 404, errorCode: 404, message: 'HTTP 404 Not Found' },
  topicNotFound: { status: 404, errorCode: 40401, message: 'Topic not found.' },
  partitionNotFound: { status: 404, errorCode: 40402, message: 'Partition not found.' },
  consumerInstanceNotFound: { status: 404, errorCode: 40403, message: 'Consumer instance not found.' },
  methodNotAllowed: { status: 405, errorCode: 405, message: 'HTTP 405 Method Not Allowed' },
  notAcceptable: { status: 406, errorCode: 406, message: 'HTTP 406 Not Acceptable' },
  consumerFormatMismatch: {
    status: 406,
    errorCode: 40601,
    message: 'The requested embedded data format does not match the deserializer for this consumer instance',
  },
  requestTimeout: { status: 408, errorCode: 408, message: 'HTTP 408 Request Timeout' },
  serialization: { status: 408, errorCode: 40801, message: 'Error deserializing a record: ' },
  consumerAlreadyExists: {
    status: 409,
    errorCode: 40902,
    message: 'Consumer with specified consumer ID already exists in the specified consumer group.',
  },
  illegalState: { status: 409, errorCode: 40903, message: 'Illegal state: ' },
  payloadTooLarge: { status: 413, errorCode: 413, message: 'HTTP 413 Request Entity Too Large' },
  unsupportedMediaType: { status: 415, errorCode: 415, message: 'HTTP 415 Unsupported Media Type' },
  unprocessable: { status: 422, errorCode: 422, message: '' },
  unrecognizedField: { status: 422, errorCode: 422, message: 'Unrecognized field: ' },
  /** The real proxy's text for a schema format without a Schema Registry is 42206 or 42207; see docs/decisions. */
  keySchemaMissing: {
    status: 422,
    errorCode: 42201,
    message: 'Request includes keys but does not include key schema',
  },
  valueSchemaMissing: {
    status: 422,
    errorCode: 42202,
    message: 'Request includes values but does not include value schema',
  },
  jsonConversion: { status: 422, errorCode: 42203, message: 'Conversion of JSON to Object failed: ' },
  invalidConsumerConfig: { status: 422, errorCode: 42204, message: 'Invalid consumer configuration: ' },
  /** 40001 with status 422: kafka-rest `Errors.invalidConsumerConfigConstraintException`. */
  consumerConfigConstraint: {
    status: 422,
    errorCode: 40001,
    message: 'Invalid consumer configuration. It does not abide by the constraints: ',
  },
  schemaRegistryMissing: {
    status: 422,
    errorCode: 42206,
    message: 'Payload error. Schema Registry must be configured when using schemas.',
  },
  throttled: { status: 429, errorCode: 429, message: 'Too many requests or bytes in flight. ' },
  headersTooLarge: { status: 431, errorCode: 431, message: 'HTTP 431 Request Header Fields Too Large' },
  internal: { status: 500, errorCode: 500, message: 'Internal Server Error' },
  kafka: { status: 500, errorCode: 50002, message: 'Kafka error: ' },
  kafkaRetriable: { status: 500, errorCode: 50003, message: 'Retriable Kafka error: ' },
  notEmulated: { status: 501, errorCode: 501, message: 'pinlab does not emulate this: ' },
  brokerUnavailable: { status: 503, errorCode: 50302, message: 'Broker not available: ' },
} as const satisfies Record<string, RestProxyError>

export interface ConnectErrorRow {
  readonly status: number
  /** `%s` stands for a name, in order. */
  readonly message: string
}

/**
 * Errors of the Kafka Connect REST API, as a worker of Apache Kafka 4.3.1 answered them; the body is
 * `{"error_code":<status>,"message":…}`. `unreadable` and `notAnObject` differ on purpose: that worker answers 500 where the
 * request is at fault, this one 400.
 */
export const connectErrors = {
  unreadable: { status: 400, message: 'The request body is not JSON: %s' },
  notAnObject: { status: 400, message: 'The request body must be a JSON object with %s' },
  noConnectorClass: { status: 400, message: 'Connector config {name=%s} contains no connector type' },
  unknownClass: {
    status: 400,
    message:
      'Failed to find any class that implements Connector and which name matches %s, available connectors are: %s',
  },
  nameMismatch: {
    status: 400,
    message: "Connector name configuration (%s) doesn't match connector name in the URL (%s)",
  },
  typeMismatch: { status: 400, message: 'Included connector type %s does not match request type %s' },
  invalidConfig: {
    status: 400,
    message:
      'Connector configuration is invalid and contains the following %s error(s):\n%s\nYou can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`',
  },
  notStopped: {
    status: 400,
    message:
      "Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the specified connector by issuing a 'PUT' request to the '/connectors/%s/stop' endpoint",
  },
  noPath: { status: 404, message: 'HTTP 404 Not Found' },
  notFound: { status: 404, message: 'Connector %s not found' },
  unknownConnector: { status: 404, message: 'Unknown connector %s' },
  unknownConnectorToRestart: { status: 404, message: 'Unknown connector: %s' },
  noStatus: { status: 404, message: 'No status found for connector %s' },
  noTaskStatus: { status: 404, message: 'No status found for task %s' },
  unknownTask: { status: 404, message: 'Unknown task: %s' },
  unknownPlugin: { status: 404, message: 'Unknown plugin %s.' },
  noMethod: { status: 405, message: 'HTTP 405 Method Not Allowed' },
  exists: { status: 409, message: 'Connector %s already exists' },
  tooLarge: { status: 413, message: 'HTTP 413 Request Entity Too Large' },
  unsupportedMediaType: { status: 415, message: 'HTTP 415 Unsupported Media Type' },
  internal: { status: 500, message: 'Internal Server Error' },
  brokersSilent: { status: 500, message: 'The brokers do not answer: %s' },
} as const satisfies Record<string, ConnectErrorRow>
