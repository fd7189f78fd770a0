import { LabError } from '../../contract/errors.ts'
import type { Config } from './config.ts'
import type { ApiDescription, MethodDescription } from './description.ts'
import type { ByteBudget, Integration } from './integrations/integration.ts'
import { integrationTypes } from './integrations/registry.ts'
import type { OpenApi } from './openapi.ts'
import { compileRoutes, RouteConflict, type RouteMatch } from './routes.ts'
import { requestValidator, type RequestValidator } from './validators.ts'

/** A described method, ready to answer. */
export interface ApiMethod {
  readonly apiKeyRequired: boolean
  readonly validate: RequestValidator | undefined
  readonly integration: Integration
}

export interface Api extends AsyncDisposable {
  readonly match: (method: string, path: string) => RouteMatch<ApiMethod> | undefined
}

/** Everything the description asks for, prepared; what the lab cannot execute fails here, by name. */
export function prepareApi({ openApi, methods }: ApiDescription, config: Config, buffer: ByteBudget): Api {
  const routes = methods.map((description) => ({
    resourcePath: description.resourcePath,
    method: description.method,
    target: {
      apiKeyRequired: config.apiKeyRequired || needsApiKey(description, openApi),
      validate: requestValidator(description, openApi),
      integration: prepareIntegration(description, config, buffer),
    },
  }))
  return {
    match: matcher(routes),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(routes.map(({ target }) => target.integration[Symbol.asyncDispose]()))
    },
  }
}

function matcher(routes: Parameters<typeof compileRoutes<ApiMethod>>[0]): Api['match'] {
  try {
    return compileRoutes(routes)
  } catch (error) {
    if (!(error instanceof RouteConflict)) throw error
    throw new LabError('LAB_CONFIG_INVALID', {
      what: 'the API description cannot be executed',
      why: error.message,
      fix: 'give sibling resources one name for their path parameter and each method one description',
      cause: error,
    })
  }
}

function prepareIntegration(description: MethodDescription, config: Config, buffer: ByteBudget): Integration {
  const field = 'x-amazon-apigateway-integration'
  const integration = description.operation[field]
  const type = integrationTypes.get(integration.type.toLowerCase())
  if (!type) {
    const known = [...integrationTypes.keys()].join(', ')
    throw description.fault([field, 'type'], `the lab does not execute type ${integration.type}, only ${known}`)
  }
  return type.prepare(integration, {
    stageVariables: config.stageVariables,
    timeoutMs: config.integrationTimeoutMs,
    buffer,
    aws: config.aws,
    methodStatuses: Object.keys(description.operation.responses ?? {}),
    fault: (place, why) => description.fault([field, ...place], why),
  })
}

/** Requirements of the method replace those of the API; every scheme the lab knows is an API key. */
function needsApiKey({ operation, fault }: MethodDescription, openApi: OpenApi): boolean {
  const requirements = operation.security ?? openApi.security
  for (const scheme of requirements.flatMap((requirement) => Object.keys(requirement))) {
    if (!(scheme in openApi.components.securitySchemes))
      throw fault(['security'], `components.securitySchemes has no ${scheme}`)
  }
  return requirements.some((requirement) => Object.keys(requirement).length > 0)
}
