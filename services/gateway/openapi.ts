import { z } from 'zod'

/**
 * The part of OpenAPI 3.0 and of API Gateway's extensions that the lab executes. Strict where it executes: a field it does not
 * know would be silently without effect here and have one when deployed.
 */
const Parameter = z.strictObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().default(false),
  description: z.string().optional(),
  schema: z.unknown().optional(),
})

const SecurityRequirement = z.record(z.string(), z.array(z.string()))

const Operation = z.strictObject({
  operationId: z.string().optional(),
  summary: z.string().optional(),
  description: z.string().optional(),
  tags: z.array(z.string()).optional(),
  deprecated: z.boolean().optional(),
  parameters: z.array(Parameter).default([]),
  requestBody: z
    .strictObject({
      description: z.string().optional(),
      required: z.boolean().optional(),
      content: z.record(z.string(), z.strictObject({ schema: z.unknown().optional() })),
    })
    .optional(),
  responses: z.record(z.string(), z.unknown()).optional(),
  security: z.array(SecurityRequirement).optional(),
  'x-amazon-apigateway-request-validator': z.string().optional(),
  'x-amazon-apigateway-integration': z.looseObject({ type: z.string() }),
})
export type Operation = z.infer<typeof Operation>

const PathItem = z.strictObject({
  summary: z.string().optional(),
  description: z.string().optional(),
  parameters: z.array(Parameter).default([]),
  get: Operation.optional(),
  put: Operation.optional(),
  post: Operation.optional(),
  delete: Operation.optional(),
  patch: Operation.optional(),
  head: Operation.optional(),
  options: Operation.optional(),
  'x-amazon-apigateway-any-method': Operation.optional(),
})
export type PathItem = z.infer<typeof PathItem>

export const OpenApi = z.strictObject({
  openapi: z.string().regex(/^3\.0\.\d+$/, 'must be 3.0.x: what API Gateway imports'),
  info: z.looseObject({ title: z.string() }),
  tags: z.array(z.unknown()).optional(),
  externalDocs: z.unknown().optional(),
  paths: z.record(z.string().startsWith('/'), PathItem),
  security: z.array(SecurityRequirement).default([]),
  components: z
    .strictObject({
      schemas: z.record(z.string(), z.unknown()).default({}),
      securitySchemes: z
        .record(
          z.string(),
          z.strictObject({ type: z.literal('apiKey'), name: z.literal('x-api-key'), in: z.literal('header') }),
        )
        .default({}),
    })
    .default({ schemas: {}, securitySchemes: {} }),
  'x-amazon-apigateway-api-key-source': z.literal('HEADER').default('HEADER'),
  'x-amazon-apigateway-request-validators': z
    .record(
      z.string(),
      z.strictObject({
        validateRequestBody: z.boolean().default(false),
        validateRequestParameters: z.boolean().default(false),
      }),
    )
    .default({}),
  'x-amazon-apigateway-request-validator': z.string().optional(),
})
export type OpenApi = z.infer<typeof OpenApi>
