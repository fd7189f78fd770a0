import { z } from 'zod'
import { restProxyLimits } from '../../../contract/limits.ts'
import { type PlainFormat, embeddedFormats } from '../http/media-types.ts'
import { Refused } from '../http/refused.ts'

const Partition = z.int().min(0)
const PartitionRef = z.strictObject({ topic: z.string(), partition: Partition })
const Offset = z.int().min(0)

const InstanceRequest = z.strictObject({
  id: z.string().min(1).nullish(),
  name: z.string().min(1).nullish(),
  format: z.string().nullish(),
  'auto.offset.reset': z.string().nullish(),
  'auto.commit.enable': z.union([z.string(), z.boolean()]).nullish(),
  'fetch.min.bytes': z.coerce.number().int().nullish(),
  'consumer.request.timeout.ms': z.coerce.number().int().min(0).nullish(),
})

export const SubscriptionRequest = z.strictObject({
  topics: z.array(z.string()).nullish(),
  topic_pattern: z.string().nullish(),
})
export const PartitionsRequest = z.strictObject({ partitions: z.array(PartitionRef) })
export const CommitRequest = z.strictObject({
  offsets: z.array(PartitionRef.extend({ offset: Offset, metadata: z.string().nullish() })),
})
export const SeekRequest = z.strictObject({
  offsets: z.array(PartitionRef.extend({ offset: Offset, metadata: z.string().nullish() })).nullish(),
  timestamps: z
    .array(PartitionRef.extend({ timestamp: z.union([z.iso.datetime({ offset: true }), z.int()]) }))
    .nullish(),
})
export type PartitionRef = z.infer<typeof PartitionRef>

export interface InstanceSettings {
  readonly name: string | undefined
  readonly format: PlainFormat
  readonly fromBeginning: boolean
  readonly autoCommit: boolean
  /** Bytes after which a read ends; undefined: it lasts its whole time. */
  readonly fetchMinBytes: number | undefined
  readonly requestTimeoutMs: number
}

/** @throws Refused malformedJson, unprocessable, unrecognizedField, badRequest */
export function parseBody<T>(schema: z.ZodType<T>, body: Buffer): T {
  if (body.length === 0) throw new Refused('unprocessable', 'The request body must not be null (was null)')
  const parsed = schema.safeParse(parseJson(body))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  if (issue?.code === 'unrecognized_keys') throw new Refused('unrecognizedField', issue.keys[0])
  const path = issue?.path.map((part) => (typeof part === 'number' ? `[${String(part)}]` : `.${String(part)}`)).join('')
  throw new Refused(
    'badRequest',
    `${(path ?? '').replace(/^\./, '') || 'the request'}: ${issue?.message ?? 'not valid'}`,
  )
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw new Refused('malformedJson', error.message, { cause: error })
    throw error
  }
}

/** @throws Refused additionally invalidConsumerConfig, consumerConfigConstraint */
export function parseInstanceRequest(body: Buffer): InstanceSettings {
  const request = body.length === 0 ? {} : parseBody(InstanceRequest, body)
  const fetchMinBytes = request['fetch.min.bytes'] ?? -1
  const { min, max } = restProxyLimits.consumerFetchMinBytes
  if (fetchMinBytes < min || fetchMinBytes > max) {
    const bound = fetchMinBytes < min ? `at least ${String(min)}` : `no more than ${String(max)}`
    throw new Refused(
      'consumerConfigConstraint',
      `Invalid value ${String(fetchMinBytes)} for configuration fetch.min.bytes: Value must be ${bound}`,
    )
  }
  return {
    name: request.id ?? request.name ?? undefined,
    format: plainFormat(request.format ?? 'binary'),
    fromBeginning: isEarliest(request['auto.offset.reset'] ?? 'latest'),
    autoCommit: isEnabled(request['auto.commit.enable'] ?? true),
    fetchMinBytes: fetchMinBytes < 0 ? undefined : fetchMinBytes,
    requestTimeoutMs: request['consumer.request.timeout.ms'] ?? restProxyLimits.consumerRequestTimeoutMs,
  }
}

function plainFormat(format: string): PlainFormat {
  const name = embeddedFormats.find((one) => one === format.toLowerCase())
  if (name === undefined) throw new Refused('unprocessable', 'Invalid format type.')
  if (name === 'binary' || name === 'json') return name
  throw new Refused(
    'invalidConsumerConfig',
    'Missing required configuration "schema.registry.url" which has no default value.',
  )
}

function isEarliest(reset: string): boolean {
  if (reset === 'earliest') return true
  if (reset === 'latest') return false
  const expected = 'String must be one of: latest, earliest, none'
  const detail = reset === 'none' ? 'pinlab does not emulate it' : expected
  throw new Refused('invalidConsumerConfig', `Invalid value ${reset} for configuration auto.offset.reset: ${detail}`)
}

function isEnabled(enable: string | boolean): boolean {
  const word = String(enable).trim().toLowerCase()
  if (word === 'true') return true
  if (word === 'false') return false
  throw new Refused(
    'invalidConsumerConfig',
    `Invalid value ${String(enable)} for configuration enable.auto.commit: Expected value to be either true or false`,
  )
}
