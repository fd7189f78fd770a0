import { z } from 'zod'
import { catalog, Credentials, Profile, type LabErrorCode } from '../../../contract/index.ts'
import { serviceNames } from '../../graph.ts'
import { serviceStates } from '../../lifecycle.ts'

/**
 * What is said over the supervisor's socket: one JSON document a line. A connection carries one request, answered by any number of
 * events and then `done`, `failed` or `status`. The connection of a `start` is the lease of a lab that is not yet detached.
 */
const ServiceName = z.enum(serviceNames)

export const Request = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('start'),
    profile: Profile,
    credentials: Credentials,
    services: z.array(ServiceName),
  }),
  /** The lab runs on when this connection is closed. */
  z.strictObject({ do: z.literal('detach') }),
  /** Gives up the lease; answered when the lab is stopped, or at once where it was detached before. */
  z.strictObject({ do: z.literal('release') }),
  z.strictObject({ do: z.literal('status') }),
  z.strictObject({ do: z.literal('stop') }),
  z.strictObject({ do: z.enum(['restart', 'startService', 'stopService']), service: ServiceName }),
])
export type Request = z.infer<typeof Request>

const Event = z.strictObject({
  service: ServiceName,
  state: z.enum(serviceStates),
  elapsedMs: z.number(),
  waitingFor: z.string().exactOptional(),
})

const Status = z.strictObject({
  name: ServiceName,
  state: z.enum(serviceStates),
  pid: z.int().exactOptional(),
  port: z.int().exactOptional(),
  url: z.string().exactOptional(),
  memoryBytes: z.number().exactOptional(),
  restarts: z.int().exactOptional(),
  uptimeMs: z.number().exactOptional(),
})

const codes = Object.keys(catalog) as [LabErrorCode, ...LabErrorCode[]]

export const Reply = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('event'), event: Event }),
  z.strictObject({ is: z.literal('done') }),
  z.strictObject({ is: z.literal('released'), stopped: z.boolean() }),
  z.strictObject({ is: z.literal('status'), services: z.array(Status) }),
  z.strictObject({
    is: z.literal('failed'),
    code: z.enum(codes),
    what: z.string(),
    why: z.string(),
    fix: z.string(),
    lastLogLines: z.array(z.string()),
  }),
])
export type Reply = z.infer<typeof Reply>

export const toLine = (message: Request | Reply): string => `${JSON.stringify(message)}\n`
