import { setTimeout as delay } from 'node:timers/promises'
import { LabError } from '../../contract/errors.ts'
import { type Logger } from '../runtime/log.ts'
import { restProxyApp } from './app.ts'
import { type Config } from './config.ts'
import { ConsumerRegistry } from './consume/consumer-registry.ts'
import { Budget } from './http/budget.ts'
import { Refused } from './http/refused.ts'
import { Cluster } from './kafka/cluster.ts'
import { ConsumerOffsets } from './kafka/consumer-offsets.ts'
import { ProducerSessions } from './kafka/producer-sessions.ts'
import { Meter } from './meter.ts'
import { Dispatcher } from './produce/dispatcher.ts'
import { clusterRoutes } from './routes/cluster-routes.ts'
import { consumerRoutes } from './routes/consumer-routes.ts'
import { metadataRoutes } from './routes/metadata-routes.ts'
import { produceRoutes } from './routes/produce-routes.ts'
import { Topics } from './topics.ts'

/** Of one record batch; the client's encoding copies what it has for each further record. */
const maxBatchRecords = 2_000
const maxFlightBytes = 4 * 1024 * 1024
/** What is under way when the proxy is told to stop has this long to finish. */
const drainTimeoutMs = 4_000
const brokerRetryMs = 250
/** Connections that the kernel keeps while they wait to be accepted; its own limit (net.core.somaxconn) still holds. */
const listenBacklog = 4_096

/** All parts of the proxy put together, connected to nothing yet. Disposal answers what has arrived, then leaves the consumer groups. */
export function restProxy(config: Config, log: Logger): { app: RestProxyApp; cluster: Cluster } & AsyncDisposable {
  const parts = new AsyncDisposableStack()
  const stopping = new AbortController()
  const cluster = parts.use(new Cluster(config, log))
  const ports = Array.from({ length: config.maxFlights }, () => parts.use(new ProducerSessions(config, log)))
  const meter = new Meter()
  const dispatcher = parts.use(
    new Dispatcher(ports, { ...config, maxBatchRecords, maxFlightBytes }, ({ records, lost }) => {
      meter.flights += 1
      meter.records += records
      if (lost !== undefined) meter.lostFlights += 1
    }),
  )
  const topics = new Topics(cluster, config)
  const { brokers, clientId, maxConsumerBufferBytes: maxBufferBytes } = config
  const maxResponseBytes = config.maxConsumerResponseBytes
  const consumers = parts.use(
    new ConsumerRegistry(config, { brokers, clientId, cluster, log, maxBufferBytes, maxResponseBytes }, log),
  )
  const budget = new Budget({ requests: config.maxInFlightRequests, bytes: config.maxInFlightBytes })
  const app = restProxyApp(config, {
    routes: [
      ...metadataRoutes(cluster, topics),
      ...produceRoutes(dispatcher, topics),
      ...consumerRoutes(consumers, new ConsumerOffsets(cluster, topics)),
      ...clusterRoutes(cluster, topics),
    ],
    budget,
    meter,
    log,
  })
  const reporting = meter.report(log, () => ({ requests: budget.requests, bytes: budget.bytes }), stopping.signal)
  parts.defer(async () => {
    stopping.abort()
    await close(app)
    await reporting
  })
  return { app, cluster, [Symbol.asyncDispose]: () => parts.disposeAsync() }
}

/**
 * Listens at once and resolves when the broker has answered; until then requests are answered 503/50302.
 *
 * @throws LabError LAB_PORT_TAKEN
 */
export async function startRestProxy(
  config: Config,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<{ readonly url: string } & AsyncDisposable> {
  await using parts = new AsyncDisposableStack()
  const { app, cluster } = parts.use(restProxy(config, log))
  const url = await listen(app, config)
  log.info({ url, brokers: config.brokers }, 'listening')
  await untilBrokerAnswers(cluster, log, signal)
  const started = parts.move()
  return { url, [Symbol.asyncDispose]: () => started.disposeAsync() }
}

type RestProxyApp = ReturnType<typeof restProxyApp>

async function listen(app: RestProxyApp, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port, backlog: listenBacklog })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    throw new LabError('LAB_PORT_TAKEN', {
      what: `rest-proxy cannot listen on port ${String(port)}`,
      why: 'another program holds it',
      fix: `free it (lsof -i :${String(port)}), or move the lab by its port offset`,
      cause: error,
    })
  }
}

async function close(app: RestProxyApp): Promise<void> {
  const impatience = setTimeout(() => {
    app.server.closeAllConnections()
  }, drainTimeoutMs)
  await app.close()
  clearTimeout(impatience)
}

async function untilBrokerAnswers(cluster: Cluster, log: Logger, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted()
    try {
      await cluster.describe()
      return
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (attempt % 20 === 0) log.warn({ reason: error.message }, 'waiting for the broker')
      await delay(brokerRetryMs, undefined, { signal })
    }
  }
}
