import { createServer } from 'node:http'
import { listen } from '../runtime/http.ts'
import type { Logger } from '../runtime/log.ts'
import { openAccessLog } from './access-log.ts'
import { prepareApi } from './api.ts'
import { byteBudget } from './byte-budget.ts'
import type { Config } from './config.ts'
import { readApiDescription } from './description.ts'
import { rawResponse, refuseConnection } from './front-end.ts'
import { stageListener } from './stage.ts'

/** Past the limit on header values, so that those are counted exactly; past this the parser itself refuses. */
const maxHeaderSize = 64 * 1024

export interface Gateway extends AsyncDisposable {
  readonly port: number
  /** Where the stage is served, `http://<host>:<port>/<stage>`. */
  readonly invokeUrl: string
}

/** @throws LabError for a description that cannot be executed, an access log that cannot be opened, a taken port. */
export async function startGateway(config: Config, { log }: { log: Logger }): Promise<Gateway> {
  const buffer = byteBudget(config.maxBufferedBytes)
  const description = await readApiDescription(config.apiPath)
  await using resources = new AsyncDisposableStack()
  const api = resources.use(prepareApi(description, config, buffer))
  const accessLog =
    config.accessLog === undefined
      ? undefined
      : resources.use(await openAccessLog(config.accessLog, config.accessLogFormat, log))
  const onRequest = stageListener({ config, api, buffer, accessLog, log })
  const server = createServer(
    {
      maxHeaderSize,
      headersTimeout: Math.min(10_000, config.requestTimeoutMs),
      requestTimeout: config.requestTimeoutMs,
      connectionsCheckingInterval: 500,
      keepAliveTimeout: 65_000,
      noDelay: true,
    },
    (request, response) => {
      onRequest(request, response, false)
    },
  )
  server.on('checkContinue', (request, response) => {
    onRequest(request, response, true)
  })
  server.on('clientError', refuseConnection)
  server.on('connect', (_request, socket) => {
    socket.end(rawResponse('MISSING_AUTHENTICATION_TOKEN'))
  })
  const listening = resources.use(
    await listen(server, { service: 'gateway', host: config.host, port: config.port, graceMs: 5_000 }),
  )
  const invokeUrl = `http://${config.host}:${String(listening.port)}/${config.stage}`
  log.info({ invokeUrl, methods: description.methods.length }, 'listening')
  const started = resources.move()
  return { port: listening.port, invokeUrl, [Symbol.asyncDispose]: () => started.disposeAsync() }
}
