import { aws } from './aws.ts'
import { httpProxy } from './http-proxy.ts'
import type { IntegrationType } from './integration.ts'

/** Every integration the lab executes, by the `type` of the description in lower case. */
export const integrationTypes: ReadonlyMap<string, IntegrationType> = new Map([
  ['http_proxy', httpProxy],
  ['aws', aws],
])
