import { runService } from '../runtime/service.ts'
import { Config } from './config.ts'
import { startGateway } from './app.ts'

await runService({ name: 'gateway', config: Config, start: startGateway })
