import { runService } from '../runtime/service.ts'
import { Config } from './config.ts'
import { startKinesis } from './server.ts'

await runService({ name: 'kinesis', config: Config, start: (config, { log }) => startKinesis(config, { log }) })
