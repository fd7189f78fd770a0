import { join } from 'node:path'
import { z } from 'zod'
import { gatewayLimits as limits } from '../../contract/limits.ts'

/** Configuration of one deployed stage: what API Gateway keeps outside the API description. */
export const Config = z.strictObject({
  host: z.string().default('127.0.0.1'),
  /** 0: the OS chooses. */
  port: z.int().min(0).max(65_535),
  stage: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/), // alphanumeric, hyphen, underscore, 128: "important notes" of the developer guide
  /**
   * Fills `${stageVariables.<name>}` of api.yaml; of the one it ships: restProxyHost, as `host:port`, and optionally putRecordTemplate (`plain`) and
   * putRecordsTemplate (`tutorial`).
   */
  stageVariables: z
    .record(z.string().regex(/^[A-Za-z0-9_]+$/), z.string().regex(/^[A-Za-z0-9\-._~:/?#&=,]+$/)) // character sets: CreateStage API reference
    .default({}),
  /** How `aws` integrations call their services; without it an API that has one does not start. */
  aws: z
    .strictObject({
      region: z.string().min(1),
      accessKeyId: z.string().min(1),
      secretAccessKey: z.string().min(1),
      /** Where each service answers, by its name in the integration's uri. */
      endpoints: z.record(z.string(), z.url({ protocol: /^https?$/ })),
    })
    .optional(),
  /** The OpenAPI description to execute. */
  apiPath: z.string().default(join(import.meta.dirname, 'api.yaml')),
  /** Values accepted in x-api-key where a method asks for a key. */
  apiKeys: z.array(z.string().min(20).max(128)).default([]), // 20 to 128 characters: API key file format
  /** Makes every method ask for a key, on top of those whose `security` does. */
  apiKeyRequired: z.boolean().default(false),
  /** Requests per key and period of the usage plan that holds `apiKeys`. */
  quota: z.strictObject({ limit: z.int().positive(), period: z.enum(['DAY', 'WEEK', 'MONTH']) }).optional(),
  /** Token bucket of the stage; API Gateway's account defaults. */
  throttle: z
    .strictObject({ ratePerSecond: z.number().positive(), burst: z.int().positive() })
    .default({ ratePerSecond: limits.ratePerSecond, burst: limits.burst }),
  /** A file to append to, or `stdout`; no access log when absent. */
  accessLog: z.string().min(1).optional(),
  /** `JSON`, `CLF`, or a text with `$context` variables. */
  accessLogFormat: z.string().min(1).default('JSON'),
  /** Takes the place of every integration's timeoutInMillis. */
  integrationTimeoutMs: z.int().min(limits.minIntegrationTimeoutMs).max(limits.maxIntegrationTimeoutMs).optional(),
  /** A client has this long to send a whole request, and at most 10 s of it for the headers; then 408. */
  requestTimeoutMs: z.int().positive().default(30_000),
  /** Bound on the bodies held at once, requests and responses together; beyond it a request is answered 503. */
  maxBufferedBytes: z
    .int()
    .min(limits.maxPayloadBytes)
    .default(128 * 1024 * 1024),
})
export type Config = z.infer<typeof Config>
