import { readFile } from 'node:fs/promises'
import { isScalar, LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'
import { LabError } from '../../contract/errors.ts'
import { OpenApi, type Operation, type PathItem } from './openapi.ts'
import type { RestMethod } from './routes.ts'

type Field = string | number

/** An error that names file, line and place. @param why completes "…: " */
export type FaultAt = (field: readonly Field[], why: string) => LabError

export interface ApiDescription {
  readonly openApi: OpenApi
  readonly methods: readonly MethodDescription[]
}

export interface MethodDescription {
  readonly resourcePath: string
  readonly method: RestMethod | 'ANY'
  readonly operation: Operation
  readonly pathItem: PathItem
  /** Places are below the operation. */
  readonly fault: FaultAt
}

const methodKeys = {
  get: 'GET',
  put: 'PUT',
  post: 'POST',
  delete: 'DELETE',
  patch: 'PATCH',
  head: 'HEAD',
  options: 'OPTIONS',
  'x-amazon-apigateway-any-method': 'ANY',
} as const satisfies Partial<Record<keyof PathItem, RestMethod | 'ANY'>>

/** @throws LabError LAB_CONFIG_INVALID naming file, line and field of the first fault. */
export async function readApiDescription(path: string): Promise<ApiDescription> {
  return parseApiDescription(path, await readText(path))
}

export function parseApiDescription(file: string, text: string): ApiDescription {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const fault = faults(file, document, lines)
  const [syntax] = document.errors
  if (syntax) throw invalid(`${file}:${String(syntax.linePos?.[0].line ?? 1)}`, syntax.message)
  const parsed = OpenApi.safeParse(document.toJS())
  if (!parsed.success) {
    const [field, why] = placeOf(parsed.error.issues[0])
    throw fault(field, why)
  }
  return { openApi: parsed.data, methods: methodsOf(parsed.data, fault) }
}

function methodsOf({ paths }: OpenApi, fault: FaultAt): MethodDescription[] {
  return Object.entries(paths).flatMap(([resourcePath, pathItem]) =>
    (Object.keys(methodKeys) as (keyof typeof methodKeys)[]).flatMap((key): MethodDescription[] => {
      const operation = pathItem[key]
      if (!operation) return []
      const below: FaultAt = (field, why) => fault(['paths', resourcePath, key, ...field], why)
      return [{ resourcePath, method: methodKeys[key], operation, pathItem, fault: below }]
    }),
  )
}

/** A misspelt key is pointed at itself, not at the object it stands in. */
function placeOf(issue: z.core.$ZodIssue | undefined): [Field[], string] {
  if (!issue) return [[], 'is not valid']
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))
  const [key] = issue.code === 'unrecognized_keys' ? issue.keys : []
  return key === undefined ? [path, issue.message] : [[...path, key], 'the lab does not execute this field']
}

const faults =
  (file: string, document: Document, lines: LineCounter): FaultAt =>
  (field, why) => {
    const place = field[0] === 'paths' && field.length >= 3 ? methodPlace(field) : field.join('.')
    return invalid(`${file}:${String(lineOf(document, lines, field))}${place === '' ? '' : ` ${place}`}`, why)
  }

/** `POST /topics/{topic} x-amazon-apigateway-integration.uri` for a field below an operation. */
function methodPlace([, path, key, ...rest]: readonly Field[]): string {
  const method = (methodKeys as Partial<Record<Field, string>>)[key ?? ''] ?? String(key)
  return [method, path, rest.join('.')].filter((part) => part !== '').join(' ')
}

/** Line of the field, or of the closest parent that stands in the file. */
function lineOf(document: Document, lines: LineCounter, field: readonly Field[]): number {
  for (let depth = field.length; depth > 0; depth -= 1) {
    const parent: unknown = depth === 1 ? document.contents : document.getIn(field.slice(0, depth - 1), true)
    const items = (parent as { items?: readonly { key?: unknown }[] } | undefined)?.items
    const key = items?.find((item) => isScalar(item.key) && item.key.value === field[depth - 1])?.key
    if (isScalar(key) && key.range) return lines.linePos(key.range[0]).line
  }
  return 1
}

const invalid = (place: string, why: string): LabError =>
  new LabError('LAB_CONFIG_INVALID', {
    what: `the API description cannot be executed: ${place}`,
    why,
    fix: 'correct that line; docs/parity.md lists what the gateway executes',
  })

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new LabError('LAB_CONFIG_INVALID', {
      what: `the API description ${path} cannot be read`,
      why: cause instanceof Error ? cause.message : String(cause),
      fix: 'set apiPath to an OpenAPI 3.0 file, or leave it out for the one the gateway ships',
      cause,
    })
  }
}
