import type { MethodRequest } from '../method-request.ts'

/** Fails a start with the place in the API description. @param field path below the integration; `why` completes "…: ". */
export type FaultAt = (field: readonly string[], why: string) => Error

export interface IntegrationSite {
  /** Values of the stage's variables. */
  readonly stageVariables: Readonly<Record<string, string>>
  /** Takes the place of the integration's own timeout. */
  readonly timeoutMs: number | undefined
  readonly buffer: ByteBudget
  readonly fault: FaultAt
}

/** Bytes of bodies held in memory, all requests together. */
export interface ByteBudget {
  /** Takes nothing and says false when that would pass the bound. */
  readonly take: (bytes: number) => boolean
  readonly give: (bytes: number) => void
}

export type IntegrationFailure =
  'INTEGRATION_TIMEOUT' | 'INTEGRATION_FAILURE' | 'RESPONSE_TOO_LARGE' | 'UNSUPPORTED_MEDIA_TYPE' | 'OVERLOADED'

export type IntegrationResponse =
  | {
      readonly status: number
      /** Names and values in turn, for the client. */
      readonly headers: string[]
      readonly body: Buffer
      /** Taken from the budget; the receiver gives it back. */
      readonly bufferedBytes: number
      /** Content-Length the backend named, for answers that have no body to measure. */
      readonly declaredLength: string | undefined
      readonly latencyMs: number
    }
  | { readonly failure: IntegrationFailure; readonly detail: string; readonly latencyMs: number }

export interface Integration extends AsyncDisposable {
  /** Never rejects: what goes wrong is an answer. */
  readonly invoke: (request: MethodRequest) => Promise<IntegrationResponse>
}

/** One kind of `x-amazon-apigateway-integration`; `prepare` checks the description's object and throws `site.fault`. */
export interface IntegrationType {
  readonly prepare: (description: unknown, site: IntegrationSite) => Integration
}
