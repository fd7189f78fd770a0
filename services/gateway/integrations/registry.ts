import { httpProxy } from './http-proxy.ts'
import type { IntegrationType } from './integration.ts'

/** Every integration the lab executes, by the `type` of the description in lower case. */
export const integrationTypes: Readonly<Record<string, IntegrationType>> = { http_proxy: httpProxy }
