import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { restProxyLimits } from '../../contract/limits.ts'
import { type Logger } from '../runtime/log.ts'
import { type Budget, type Loan } from './http/budget.ts'
import { answerClientError } from './http/client-error.ts'
import { negotiate, v2Json } from './http/media-types.ts'
import { readBody, retryAfterSeconds } from './http/read-body.ts'
import { Refused } from './http/refused.ts'
import { type Route } from './http/route.ts'
import { refusalOf } from './kafka/failures.ts'
import { type Meter } from './meter.ts'

export interface AppOptions {
  readonly maxBodyBytes: number
  readonly requestTimeoutMs: number
  readonly maxConnections: number
}

const loans = new WeakMap<FastifyRequest, Loan>()

/** Speaks the proxy's HTTP: which route, which types, how much may be in flight, and what an error looks like. */
export function restProxyApp(
  options: AppOptions,
  { routes, budget, meter, log }: { routes: readonly Route[]; budget: Budget; meter: Meter; log: Logger },
): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: options.maxBodyBytes,
    requestTimeout: options.requestTimeoutMs,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: restProxyLimits.maxHeaderBytes },
    http: {
      maxHeaderSize: restProxyLimits.maxHeaderBytes,
      headersTimeout: options.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, options.requestTimeoutMs),
    },
    clientErrorHandler: answerClientError,
    // A path that cannot be decoded.
    frameworkErrors: (_error, _request, reply) => {
      refuse(reply, new Refused('badRequest', 'the path is not valid'))
    },
  })
  app.server.maxConnections = options.maxConnections

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', async (request: FastifyRequest) => {
    return readBody(request.raw, options.maxBodyBytes, loanOf(request))
  })

  app.addHook('onRequest', (request, reply, done) => {
    meter.requests += 1
    const loan = budget.borrow()
    if (loan === undefined) {
      done(new Refused('throttled', 'Try again later.', { retryAfterSeconds }))
      return
    }
    loans.set(request, loan)
    reply.raw.once('close', loan.giveBack)
    done()
  })

  for (const [path, ofPath] of Map.groupBy(routes, (route) => route.path)) {
    for (const route of ofPath) addRoute(app, route, options.maxBodyBytes)
    refuseOtherMethods(app, path, ofPath)
  }

  app.setNotFoundHandler((_request, reply) => {
    refuse(reply, new Refused('notFound'))
  })

  app.setErrorHandler((error, request, reply) => {
    // Nobody is there to be answered, and nothing was done.
    if (request.raw.destroyed && !request.raw.complete) {
      reply.hijack()
      return
    }
    const refused = fastifyRefusal(error) ?? refusalOf(error)
    meter.refuse(refused.errorCode)
    if (refused.status >= 500 && refused.refusal !== 'notEmulated') {
      meter.complain(() => {
        log.warn({ err: error, method: request.method, path: request.url }, 'request failed')
      })
    }
    refuse(reply, refused)
  })
  return app
}

function loanOf(request: FastifyRequest): Loan {
  const loan = loans.get(request)
  if (loan === undefined) throw new Error('a request was let in without a loan')
  return loan
}

function addRoute(app: FastifyInstance, route: Route, maxBodyBytes: number): void {
  app.route({
    method: route.method,
    url: route.path,
    onRequest: (request, _reply, done) => {
      const contentType = request.headers['content-type']
      if (route.consumes?.(contentType) === false) done(new Refused('unsupportedMediaType'))
      else if (negotiate(request.headers.accept, route.produces) === undefined) done(new Refused('notAcceptable'))
      else done()
    },
    handler: async (request, reply) => {
      const type = negotiate(request.headers.accept, route.produces) ?? v2Json
      const loan = loanOf(request)
      const answer = await route.handle({
        params: request.params as Record<string, string>,
        query: new URLSearchParams(request.url.split('?', 2)[1]),
        contentType: request.headers['content-type'],
        type,
        body: await bodyOf(request, route, maxBodyBytes, loan),
        baseUrl: `${request.protocol}://${request.host}`,
        loan,
      })
      if (answer === undefined) return reply.code(204).send()
      return reply.type(type).send(Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer)))
    },
  })
}

async function bodyOf(request: FastifyRequest, route: Route, maxBodyBytes: number, loan: Loan): Promise<Buffer> {
  if (Buffer.isBuffer(request.body)) return request.body
  // Committed offsets are asked for by a GET with a body, which Fastify does not read.
  const isBodyLeft = route.method === 'GET' && route.consumes !== undefined
  return isBodyLeft ? readBody(request.raw, maxBodyBytes, loan) : Buffer.alloc(0)
}

/** 405 for what the path does not take, and OPTIONS; both name what it takes. */
function refuseOtherMethods(app: FastifyInstance, path: string, routes: readonly Route[]): void {
  const taken = routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  const allow = [...taken, 'OPTIONS'].join(',')
  app.route({
    method: 'OPTIONS',
    url: path,
    handler: (_request, reply) => reply.header('allow', allow).code(200).send(),
  })
  app.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'].filter((method) => !taken.includes(method)),
    url: path,
    onRequest: (_request, reply, done) => {
      void reply.header('allow', allow)
      done(new Refused('methodNotAllowed'))
    },
    handler: () => undefined,
  })
}

function refuse(reply: FastifyReply, refused: Refused): void {
  if (refused.retryAfterSeconds !== undefined) void reply.header('retry-after', String(refused.retryAfterSeconds))
  // Bytes, as Fastify names a charset behind the type of a text.
  void reply
    .code(refused.status)
    .type(v2Json)
    .send(Buffer.from(JSON.stringify(refused.body)))
}

/** Fastify's own refusals: a header that contradicts the body, and the like. */
function fastifyRefusal(error: unknown): Refused | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined
  if (error.statusCode === 413) return new Refused('payloadTooLarge', '', { cause: error })
  if (error.statusCode === 415) return new Refused('unsupportedMediaType', '', { cause: error })
  return error.statusCode < 500 ? new Refused('badRequest', error.message, { cause: error }) : undefined
}
