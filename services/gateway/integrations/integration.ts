import type { Config } from '../config.ts'
import type { MethodRequest } from '../method-request.ts'

/** Fails a start with the place in the API description. @param field path below the integration; `why` completes "…: ". */
export type FaultAt = (field: readonly string[], why: string) => Error

export interface IntegrationSite {
  /** Values of the stage's variables. */
  readonly stageVariables: Readonly<Record<string, string>>
  /** Takes the place of the integration's own timeout. */
  readonly timeoutMs: number | undefined
  readonly buffer: ByteBudget
  /** How AWS services are called. */
  readonly aws: Config['aws']
  /** Status codes of the method's own `responses`; an integration response needs one of them. */
  readonly methodStatuses: readonly string[]
  readonly fault: FaultAt
}

/** Bytes of bodies held in memory, all requests together. */
export interface ByteBudget {
  /** Takes nothing and says false when that would pass the bound. */
  readonly take: (bytes: number) => boolean
  readonly give: (bytes: number) => void
}

export type IntegrationFailure =
  | 'INTEGRATION_TIMEOUT'
  | 'INTEGRATION_FAILURE'
  | 'RESPONSE_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'OVERLOADED'
  | 'API_CONFIGURATION_ERROR'

export interface IntegrationFault {
  readonly failure: IntegrationFailure
  readonly detail: string
  readonly latencyMs: number
  readonly templateNote?: string | undefined
}

export type IntegrationResponse =
  | {
      readonly status: number
      /** What the backend answered, where the client's is mapped from it. */
      readonly integrationStatus?: number
      /** Names and values in turn, for the client. */
      readonly headers: string[]
      readonly body: Buffer
      /** Taken from the budget; the receiver gives it back. */
      readonly bufferedBytes: number
      /** Content-Length the backend named, for answers that have no body to measure. */
      readonly declaredLength: string | undefined
      readonly latencyMs: number
      /** Which line of a mapping template made what the service refused, and why. */
      readonly templateNote?: string | undefined
    }
  | IntegrationFault

export interface Integration extends AsyncDisposable {
  /** Never rejects: what goes wrong is an answer. */
  readonly invoke: (request: MethodRequest) => Promise<IntegrationResponse>
}

/** One kind of `x-amazon-apigateway-integration`; `prepare` checks the description's object and throws `site.fault`. */
export interface IntegrationType {
  readonly prepare: (description: unknown, site: IntegrationSite) => Integration
}
