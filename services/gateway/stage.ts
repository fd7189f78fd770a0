import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GatewayError } from '../../contract/wire-errors.ts'
import type { Logger } from '../runtime/log.ts'
import type { AccessRecord } from './access-log-format.ts'
import type { AccessLog } from './access-log.ts'
import type { Api, ApiMethod } from './api.ts'
import type { Config } from './config.ts'
import { errorResponse, hasIds, send, startRecord } from './exchange.ts'
import { sizeFault } from './front-end.ts'
import { extendedRequestIds } from './identifiers.ts'
import type { ByteBudget, IntegrationResponse } from './integrations/integration.ts'
import { readBody } from './request-body.ts'
import { sortHeaders } from './request-headers.ts'
import { parseTarget, type RequestTarget } from './request-target.ts'
import type { RouteMatch } from './routes.ts'
import { tokenBucket } from './throttle.ts'
import { usagePlan } from './usage-plan.ts'

export interface StageParts {
  readonly config: Config
  readonly api: Api
  readonly buffer: ByteBudget
  readonly accessLog: AccessLog | undefined
  readonly log: Logger
}

/** @param expectsContinue the client waits for `100 Continue` before it sends the body. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => void

/** Reserved for the service's own health check: "important notes" of the developer guide. */
const healthPaths: ReadonlySet<string> = new Set(['/ping', '/sping'])

/** Answers every request of one deployed stage, in API Gateway's order: size, stage, resource, key, throttle, validator. */
export function stageListener({ config, api, buffer, accessLog, log }: StageParts): RequestListener {
  const nextExtendedId = extendedRequestIds()
  const throttle = tokenBucket(config.throttle)
  const plan = usagePlan(config.apiKeys, config.quota)

  const admit = (target: RequestTarget | undefined, record: AccessRecord): RouteMatch<ApiMethod> | GatewayError => {
    if (target?.stage !== config.stage) return 'FORBIDDEN'
    const match = api.match(record.httpMethod, target.path)
    if (!match) return 'MISSING_AUTHENTICATION_TOKEN'
    if (match.route.target.apiKeyRequired) {
      const verdict = plan.admit(record.apiKey, new Date(record.startMs))
      if (verdict !== 'allowed') return verdict === 'invalid-key' ? 'FORBIDDEN' : 'QUOTA_EXCEEDED'
    }
    return throttle.take(performance.now()) ? match : 'THROTTLED'
  }

  const listener = async (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
    const url = request.url ?? '/'
    if (healthPaths.has(url)) {
      send(response, { status: 200, headers: ['content-type', 'text/plain'], body: 'healthy' }, '7')
      return
    }
    const target = parseTarget(url)
    const headers = sortHeaders(request.rawHeaders)
    const extendedRequestId = nextExtendedId()
    const { record, requestId } = startRecord(request, headers, target, extendedRequestId)

    const finish = (status: number, body: Buffer | string): void => {
      record.status = status
      record.responseLengthBytes = body.length
      record.responseLatencyMs = Date.now() - record.startMs
      accessLog?.write(record)
    }
    const refuse = (error: GatewayError, detail?: string, templateNote?: string): void => {
      const answer = errorResponse(error, detail)
      noteTemplate(answer.headers, templateNote)
      if (hasIds(error)) answer.headers.push('x-amzn-RequestId', requestId, 'x-amz-apigw-id', extendedRequestId)
      record.errorType = error
      record.errorMessage = messageOf(answer.body)
      send(response, answer, String(answer.body.length))
      finish(answer.status, answer.body)
    }

    const noteTemplate = (answerHeaders: string[], note: string | undefined): void => {
      if (note === undefined) return
      answerHeaders.push('x-pinlab-template', headerText(note))
      record.integrationError ??= note
      log.warn({ requestId, path: record.path, template: note }, 'a mapping template made what was refused')
    }

    const tooLarge = sizeFault(url, headers.valueBytes)
    if (tooLarge) {
      refuse(tooLarge)
      return
    }
    const match = admit(target, record)
    if (typeof match === 'string' || !target) {
      refuse(typeof match === 'string' ? match : 'FORBIDDEN')
      return
    }
    const { resourcePath, target: method } = match.route
    record.resourcePath = resourcePath
    const read = await readBody(request, headers, buffer, () => {
      if (expectsContinue) response.writeContinue()
    })
    if ('error' in read) {
      if (read.error !== 'aborted') refuse(read.error)
      return
    }
    const methodRequest = {
      method: record.httpMethod,
      path: target.path,
      resourcePath,
      pathParameters: match.pathParameters,
      query: target.query,
      rawHeaders: request.rawHeaders,
      headers,
      body: read.body,
      requestId,
      extendedRequestId,
      traceId: record.traceId,
      sourceIp: record.sourceIp,
      port: String(request.socket.localPort ?? config.port),
      stage: config.stage,
    }
    const invalid = method.validate?.(methodRequest)
    if (invalid) {
      buffer.give(read.bufferedBytes)
      refuse(invalid.error, 'missing' in invalid ? invalid.missing.join(', ') : undefined)
      return
    }
    const result = await method.integration.invoke(methodRequest)
    buffer.give(read.bufferedBytes)
    record.integrationLatencyMs = result.latencyMs
    if ('failure' in result) {
      record.integrationError = result.detail
      refuse(result.failure, undefined, result.templateNote)
      return
    }
    record.integrationStatus = result.integrationStatus ?? result.status
    noteTemplate(result.headers, result.templateNote)
    answerClient(response, result, requestId, extendedRequestId, buffer)
    finish(result.status, result.body)
  }
  return (request, response, expectsContinue) => {
    listener(request, response, expectsContinue).catch((error: unknown) => {
      log.error({ err: error, path: request.url }, 'request failed')
      request.socket.destroy()
    })
  }
}

/** The response counts as held until the client has taken it or gone. */
function answerClient(
  response: ServerResponse,
  result: Extract<IntegrationResponse, { status: number }>,
  requestId: string,
  extendedRequestId: string,
  buffer: ByteBudget,
): void {
  result.headers.push('x-amzn-RequestId', requestId, 'x-amz-apigw-id', extendedRequestId)
  const { method } = response.req
  const sendsNoBody = method === 'HEAD' || result.status === 204 || result.status === 304
  send(response, result, sendsNoBody ? result.declaredLength : String(result.body.length))
  const release = (): void => {
    buffer.give(result.bufferedBytes)
  }
  if (response.destroyed || response.writableLength === 0) release()
  else response.once('close', release)
}

const maxNoteCharacters = 800

/** What a header field may hold of it: printable ASCII. */
const headerText = (text: string): string =>
  text
    .slice(0, maxNoteCharacters)
    .toWellFormed()
    .replaceAll(/[^\x20-\x7e]/gu, (character) => encodeURIComponent(character))

const messageOf = (body: Buffer | string): string => /^\{"message": ?"(.*)"\}$/.exec(String(body))?.[1] ?? String(body)
