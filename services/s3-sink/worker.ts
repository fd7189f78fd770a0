import { listen } from '../runtime/http.ts'
import { type Logger } from '../runtime/log.ts'
import { connectApp } from './connect/app.ts'
import { GroupOffsets } from './connect/group-offsets.ts'
import { Registry } from './connect/registry.ts'
import { type Config } from './config.ts'

export interface Worker extends AsyncDisposable {
  /** Address of the Connect REST API. */
  readonly url: URL
}

/** Starts the Connect worker: it is ready once the REST API answers and every kept connector has been started. */
export async function start(config: Config, { log }: { log: Logger; signal: AbortSignal }): Promise<Worker> {
  await using stack = new AsyncDisposableStack()
  const offsets = stack.use(new GroupOffsets(config.brokers))
  const registry = stack.use(await Registry.open(config, log))
  let workerId = ''
  const app = connectApp({ registry, offsets, log, workerId: () => workerId })
  stack.defer(async () => app.close())
  await app.ready()
  const { host } = config
  const server = stack.use(await listen(app.server, { service: 's3-sink', host, port: config.port, graceMs: 500 }))
  workerId = `${host}:${String(server.port)}`
  const url = new URL(`http://${workerId}`)
  const parts = stack.move()
  return { url, [Symbol.asyncDispose]: async () => parts.disposeAsync() }
}
