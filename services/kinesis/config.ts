import { z } from 'zod'

export const Config = z.strictObject({
  host: z.string().default('127.0.0.1'),
  /** 0: the OS chooses. */
  port: z.int().min(0).max(65_535),
  /** Folder of the streams: their description and their shards' segments. */
  dataDir: z.string().min(1),
  region: z.string().default('us-east-1'),
  /** Part of every ARN and of error messages; AWS writes 12 digits. */
  accountId: z
    .string()
    .regex(/^\d{12}$/)
    .default('000000000000'),
  /** Throttle each shard at what AWS gives it. */
  enforceShardLimits: z.boolean().default(false),
  /** `always`: a record is on the disk before it is acknowledged; `never`: with the operating system, so it survives kill -9. */
  fsync: z.enum(['always', 'never']).default('never'),
  /** Bytes of all requests and answers under way together; past it requests are answered 503. */
  maxBufferedBytes: z.int().min(1).default(67_108_864),
  /** The account whose signatures are taken; without it none is looked at. */
  credentials: z.strictObject({ accessKeyId: z.string(), secretAccessKey: z.string() }).optional(),
})
export type Config = z.infer<typeof Config>
