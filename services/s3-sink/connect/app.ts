import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { connectErrors } from '../../../contract/wire-errors.ts'
import { type Logger } from '../../runtime/log.ts'
import { configDefs, connectorClass } from '../settings/config-defs.ts'
import { parseProperties } from '../settings/properties.ts'
import { checkConfig, connectorClasses } from '../settings/check-config.ts'
import {
  connectorInfo,
  connectorStatus,
  connectorTasks,
  definition,
  plugins,
  validation,
  workerVersion,
} from './answers.ts'
import { ConnectError } from './connect-error.ts'
import { type GroupOffsets } from './group-offsets.ts'
import { type Registration, type Registry } from './registry.ts'
import { configFor, newConnector } from './request-bodies.ts'
import { type TaskStatus } from './task.ts'

const maxBodyBytes = 1_048_576

export interface AppOptions {
  readonly registry: Registry
  readonly offsets: GroupOffsets
  readonly log: Logger
  /** `host:port` of this worker, once it listens. */
  readonly workerId: () => string
}

interface Named {
  Params: { name: string }
}

/** The Kafka Connect REST API over the worker's connectors. */
export function connectApp(options: AppOptions): FastifyInstance {
  const app = fastify({ bodyLimit: maxBodyBytes, routerOptions: { maxParamLength: 1_000 }, exposeHeadRoutes: true })
  readBodies(app)
  answerErrors(app, options.log)
  workerRoutes(app, options)
  connectorRoutes(app, options)
  stateRoutes(app, options)
  taskRoutes(app, options)
  pluginRoutes(app)
  otherMethods(app)
  return app
}

/** JSON, or the text of a `.properties` file. */
function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, JSON.parse(String(text)))
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      done(new ConnectError(connectErrors.unreadable, error.message))
    }
  })
  app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, text, done) => {
    done(null, parseProperties(String(text)))
  })
}

function answerErrors(app: FastifyInstance, log: Logger): void {
  const answer = async (
    reply: FastifyReply,
    { status, message }: { status: number; message: string },
  ): Promise<FastifyReply> => reply.code(status).send({ error_code: status, message })
  app.setNotFoundHandler(async (_request, reply) => answer(reply, connectErrors.noPath))
  app.setErrorHandler(async (error: Error & { statusCode?: number; code?: string }, _request, reply) => {
    if (error instanceof ConnectError) return answer(reply, error)
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return answer(reply, connectErrors.tooLarge)
    if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return answer(reply, connectErrors.unsupportedMediaType)
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return answer(reply, { status: error.statusCode, message: error.message })
    }
    log.error({ err: error }, 'a request failed')
    return answer(reply, connectErrors.internal)
  })
}

function workerRoutes(app: FastifyInstance, { offsets }: AppOptions): void {
  app.get('/', () => ({ version: workerVersion, commit: 'pinlab', kafka_cluster_id: offsets.clusterId ?? null }))
  app.get('/health', () => ({
    status: 'healthy',
    message: 'Worker has completed startup and is ready to handle requests.',
  }))
}

function connectorRoutes(app: FastifyInstance, { registry, workerId }: AppOptions): void {
  app.get<{ Querystring: { expand?: string | string[] } }>('/connectors', ({ query }) => {
    if (query.expand === undefined) return registry.names()
    const wanted = [query.expand].flat()
    return Object.fromEntries(
      registry.names().map((name) => {
        const registration = registry.get(name)
        return [
          name,
          {
            ...(wanted.includes('info') ? { info: connectorInfo(registration) } : {}),
            ...(wanted.includes('status') ? { status: connectorStatus(registration, workerId()) } : {}),
          },
        ]
      }),
    )
  })
  app.post('/connectors', async (request, reply) => {
    const { name, config } = newConnector(request.body)
    return reply
      .code(201)
      .header('location', `/connectors/${encodeURIComponent(name)}`)
      .send(connectorInfo(await registry.create(name, config)))
  })
  app.get<Named>('/connectors/:name', ({ params }) => connectorInfo(registry.get(params.name)))
  app.get<Named>('/connectors/:name/config', ({ params }) => registry.get(params.name).config)
  app.put<Named>('/connectors/:name/config', async ({ params, body }, reply) => {
    const { registration, isNew } = await registry.put(params.name, configFor(params.name, body))
    return reply.code(isNew ? 201 : 200).send(connectorInfo(registration))
  })
  app.delete<Named>('/connectors/:name', async ({ params }, reply) => {
    await registry.delete(params.name)
    return reply.code(204).send()
  })
}

function stateRoutes(app: FastifyInstance, { registry, offsets, workerId }: AppOptions): void {
  app.get<Named>('/connectors/:name/status', ({ params }) => connectorStatus(known(registry, params.name), workerId()))
  for (const [verb, target, status] of [
    ['pause', 'PAUSED', 202],
    ['resume', 'RUNNING', 202],
    ['stop', 'STOPPED', 204],
  ] as const) {
    app.put<Named>(`/connectors/:name/${verb}`, async ({ params }, reply) => {
      await registry.moveTo(params.name, target)
      return reply.code(status).send()
    })
  }
  app.post<Named & { Querystring: { includeTasks?: string; onlyFailed?: string } }>(
    '/connectors/:name/restart',
    async ({ params, query }, reply) => {
      const registration = registry.find(params.name)
      if (!registration) throw new ConnectError(connectErrors.unknownConnectorToRestart, params.name)
      if (query.includeTasks !== 'true') return reply.code(204).send()
      const isChosen = ({ state }: TaskStatus): boolean => query.onlyFailed !== 'true' || state === 'FAILED'
      registration.running?.restart(isChosen)
      return reply.code(202).send(connectorStatus(registration, workerId()))
    },
  )
  app.get<Named>('/connectors/:name/topics', ({ params }) => ({
    [params.name]: { topics: registry.find(params.name)?.running?.activeTopics ?? [] },
  }))
  app.put<Named>('/connectors/:name/topics/reset', async ({ params }, reply) => {
    registry.find(params.name)?.running?.resetActiveTopics()
    return reply.code(202).send()
  })
  app.get<Named>('/connectors/:name/offsets', async ({ params }) => offsets.of(registry.get(params.name).name))
  app.delete<Named>('/connectors/:name/offsets', async ({ params }) => {
    const { name, target } = registry.get(params.name)
    if (target !== 'STOPPED') throw new ConnectError(connectErrors.notStopped, name)
    await offsets.reset(name)
    return { message: 'The offsets for this connector have been reset successfully' }
  })
}

function taskRoutes(app: FastifyInstance, { registry, workerId }: AppOptions): void {
  const task = '/connectors/:name/tasks/:task(^\\d+$)'
  app.get<Named>('/connectors/:name/tasks', ({ params }) => connectorTasks(registry.get(params.name)))
  app.get<{ Params: { name: string; task: string } }>(`${task}/status`, ({ params }) => {
    const registration = registry.find(params.name)
    const found = registration && connectorStatus(registration, workerId()).tasks[Number(params.task)]
    if (!found) throw new ConnectError(connectErrors.noTaskStatus, `${params.name}-${params.task}`)
    return found
  })
  app.post<{ Params: { name: string; task: string } }>(`${task}/restart`, async ({ params }, reply) => {
    const registration = registry.find(params.name)
    if (!registration) throw new ConnectError(connectErrors.unknownConnectorToRestart, params.name)
    const id = Number(params.task)
    if (!registration.running?.tasks[id]) {
      throw new ConnectError(connectErrors.unknownTask, `${params.name}-${params.task}`)
    }
    registration.running.restart((chosen) => chosen.id === id)
    return reply.code(204).send()
  })
}

function pluginRoutes(app: FastifyInstance): void {
  const plugin = (name: string): void => {
    if (!connectorClasses.includes(name)) throw new ConnectError(connectErrors.unknownPlugin, name)
  }
  app.get('/connector-plugins', () => plugins)
  app.get<Named>('/connector-plugins/:name/config', ({ params }) => {
    plugin(params.name)
    return configDefs.map((def, index) => definition(def, index + 1))
  })
  app.put<Named>('/connector-plugins/:name/config/validate', ({ params, body }) => {
    const given = body !== null && typeof body === 'object' && 'name' in body ? String(body.name) : undefined
    const { name: _, ...config } = configFor(given ?? '', body)
    const type = config['connector.class'] ?? connectorClass
    if (!connectorClasses.includes(params.name)) throw new ConnectError(connectErrors.typeMismatch, type, params.name)
    return validation(checkConfig(given === undefined ? config : { ...config, name: given }))
  })
}

/** A path that is there answers 405 to the methods it does not know. */
function otherMethods(app: FastifyInstance): void {
  const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const
  const paths = [
    '/',
    '/connectors',
    '/connectors/:name',
    ...['config', 'status', 'tasks', 'topics', 'topics/reset', 'offsets', 'pause', 'resume', 'stop', 'restart'].map(
      (end) => `/connectors/:name/${end}`,
    ),
    '/connector-plugins',
    '/connector-plugins/:name/config',
    '/connector-plugins/:name/config/validate',
  ]
  for (const url of paths) {
    const unused = methods.filter((method) => !app.hasRoute({ method, url }))
    app.route({
      method: unused,
      url,
      handler: () => {
        throw new ConnectError(connectErrors.noMethod)
      },
    })
  }
}

function known(registry: Registry, name: string): Registration {
  const found = registry.find(name)
  if (!found) throw new ConnectError(connectErrors.noStatus, name)
  return found
}
