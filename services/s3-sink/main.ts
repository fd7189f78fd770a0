import { runService } from '../runtime/service.ts'
import { Config } from './config.ts'
import { start } from './worker.ts'

await runService({ name: 's3-sink', config: Config, start })
