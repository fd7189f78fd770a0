import { z } from 'zod'

/**
 * Settings of the Connect worker. What a connector writes, and from which topics, stands in its own configuration
 * (connector.json, sent to the REST API); what that leaves out (endpoint, credentials) is taken from here.
 */
export const Config = z.strictObject({
  host: z.string().default('127.0.0.1'),
  /** Port of the Connect REST API; 0 lets the OS choose. */
  port: z.int().min(0).max(65_535),
  brokers: z.array(z.string()).min(1),
  /** Folder that keeps the connectors and their target states over restarts; made when it is missing. */
  stateDir: z.string().min(1),
  s3: z.strictObject({
    /** Endpoint for connectors without `store.url`. */
    endpoint: z.url(),
    region: z.string().min(1),
    accessKeyId: z.string().min(1),
    secretAccessKey: z.string().min(1),
  }),
  /** How long the broker waits for a dead task before its partitions move on. 6 s: the least a default broker allows. */
  sessionTimeoutMs: z.int().min(1_000).max(300_000).default(6_000),
  /** How often topics are looked up for `topics.regex`, and known topics for new partitions. */
  topicRefreshMs: z.int().min(100).max(300_000).default(2_000),
})
export type Config = Readonly<z.infer<typeof Config>>
