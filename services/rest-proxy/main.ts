import { runService } from '../runtime/service.ts'
import { Config } from './config.ts'
import { startRestProxy } from './server.ts'

await runService({
  name: 'rest-proxy',
  config: Config,
  start: async (config, { log, signal }) => startRestProxy(config, { log, signal }),
})
