import { z } from 'zod'
import { awsSigner } from '../../../clients/aws-signature.ts'
import { gatewayLimits } from '../../../contract/limits.ts'
import { apiId } from '../headers.ts'
import { RequestScope } from '../template-scope.ts'
import {
  bodyMapping,
  compileTemplates,
  headerMappings,
  Passthrough,
  Templates,
  type MappedBody,
} from './aws-request.ts'
import { IntegrationResponses, responseMapping } from './aws-responses.ts'
import { awsServices, type AwsService } from './aws-services.ts'
import { awsAction } from './aws-uri.ts'
import { backendPool, call, type BackendResponse } from './backend.ts'
import type { Integration, IntegrationSite, IntegrationType } from './integration.ts'
import { parseJson } from '../../runtime/parse-json.ts'

const Aws = z.strictObject({
  type: z.string(),
  httpMethod: z.literal('POST'),
  uri: z.string(),
  /** Role that the deployed API calls with; here the settings' keys do. */
  credentials: z.string().optional(),
  requestParameters: z.record(z.string(), z.string()).default({}),
  requestTemplates: Templates,
  passthroughBehavior: Passthrough,
  timeoutInMillis: z
    .int()
    .min(gatewayLimits.minIntegrationTimeoutMs)
    .max(gatewayLimits.maxIntegrationTimeoutMs)
    .default(gatewayLimits.maxIntegrationTimeoutMs),
  responses: IntegrationResponses,
})

/** Calls an action of an AWS service, signed: mapping templates write its request and the client's answer. */
export const aws: IntegrationType = {
  prepare: (description, site) => {
    const parsed = Aws.safeParse(description)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw site.fault(issue?.path.map(String) ?? [], issue?.message ?? 'is not valid')
    }
    const { uri, requestParameters, requestTemplates, passthroughBehavior, timeoutInMillis, responses } = parsed.data
    const { action, service, origin, host, sign } = serviceAt(uri, site)
    const mapBody = bodyMapping(
      compileTemplates(requestTemplates, ['requestTemplates'], site.fault),
      passthroughBehavior,
    )
    const mappedHeaders = headerMappings(requestParameters, site)
    const mapResponse = responseMapping(responses, site)
    const pool = backendPool(origin)
    const timeoutMs = site.timeoutMs ?? timeoutInMillis
    return {
      invoke: async (request) => {
        const scope = new RequestScope(request, request.body?.toString('utf8') ?? '', site.stageVariables)
        const mapped = mapBody(request, scope)
        if ('failure' in mapped) return { ...mapped, latencyMs: 0 }
        const { requestHeaders, requestPath, requestQuery } = scope.overrides
        if (requestPath.size + requestQuery.size > 0) {
          const detail = 'requestOverride of path or querystring has no place in an action of an AWS service'
          return { failure: 'API_CONFIGURATION_ERROR', detail, latencyMs: 0 }
        }
        const headers: Record<string, string> = { 'user-agent': `AmazonAPIGateway_${apiId}` }
        for (const { name, valueOf } of mappedHeaders) {
          const value = valueOf(request)
          if (value !== undefined) headers[name.toLowerCase()] = value
        }
        for (const [name, value] of requestHeaders) headers[name.toLowerCase()] = value.toString()
        headers['content-type'] ??= 'application/json'
        headers['x-amz-target'] = `${service.targetPrefix}.${action}`
        const { body } = mapped
        if (!site.buffer.take(body.length))
          return { failure: 'OVERLOADED', detail: 'no room to hold the integration request', latencyMs: 0 }
        try {
          const response =
            refusal(service, action, mapped) ??
            (await call(pool, {
              method: 'POST',
              path: '/',
              headers: sign({ host, headers, body }),
              body,
              timeoutMs,
              budget: site.buffer,
            }))
          if ('failure' in response) return response
          const templateNote = response.status === 400 ? noteOf(service, action, mapped, scope.body) : undefined
          const answer = mapResponse(response, request, scope)
          const { bufferedBytes, latencyMs, status } = response
          if ('failure' in answer) {
            site.buffer.give(bufferedBytes)
            return { templateNote, ...answer, latencyMs }
          }
          return {
            ...answer,
            integrationStatus: status,
            bufferedBytes,
            declaredLength: undefined,
            latencyMs,
            templateNote,
          }
        } finally {
          site.buffer.give(body.length)
        }
      },
      [Symbol.asyncDispose]: () => pool.destroy(),
    } satisfies Integration
  },
}

function serviceAt(uri: string, site: IntegrationSite) {
  const named = awsAction(uri)
  if (typeof named === 'string') throw site.fault(['uri'], named)
  const service = awsServices.get(named.service)
  if (!service) {
    const known = [...awsServices.keys()].join(', ')
    throw site.fault(['uri'], `the lab does not call ${named.service}, only ${known}`)
  }
  const endpoint = site.aws?.endpoints[named.service]
  if (!site.aws || endpoint === undefined)
    throw site.fault(['uri'], `the gateway's settings have no aws.endpoints.${named.service}`)
  const { origin, host } = new URL(endpoint)
  const { region, accessKeyId, secretAccessKey } = site.aws
  const sign = awsSigner({ service: named.service, region, accessKeyId, secretAccessKey })
  return { action: named.action, service, origin, host, sign }
}

/** The service's own answer to a request over its limits, without asking it. */
function refusal(service: AwsService, action: string, { rendered, body }: MappedBody): BackendResponse | undefined {
  if (!rendered || service.isSurelyWithinLimits(body)) return undefined
  const error = service.limitError(action, parseJson(rendered.text.text))
  if (error === undefined) return undefined
  const headers = { 'content-type': 'application/x-amz-json-1.1' }
  return { status: 400, headers, body: Buffer.from(error), bufferedBytes: 0, latencyMs: 0 }
}

function noteOf(service: AwsService, action: string, { rendered }: MappedBody, body: string): string | undefined {
  const why = rendered && service.blame(action, rendered.text, rendered.template)
  if (why === undefined) return undefined
  const aside = body === '' || parseJson(body) !== undefined ? '' : '; the body of the request is not JSON'
  return `${rendered?.by ?? ''} template, ${why}${aside}`
}
