import type { MysqlOptions } from '../../clients/mysql.ts'
import { emulate } from '../../emulator/main.ts'

/**
 * The emulator as a load: posts a run, one record a request, and prints `{records, seconds}` as JSON.
 * `node tests/bench/emulator-load.ts '{"invokeUrl":…}'`
 */
export interface EmulatorLoad {
  /** With or without a gateway before the REST proxy. */
  readonly invokeUrl: string
  readonly userId: string
  readonly mysql: MysqlOptions
  readonly ledgerPath: string
  readonly posts: number
  readonly concurrency: number
}

const options = JSON.parse(process.argv[2] ?? '{}') as EmulatorLoad
const { records, seconds } = await emulate(
  { ...options, order: 'uniform', fresh: true },
  { signal: new AbortController().signal },
)
process.stdout.write(JSON.stringify({ records, seconds }))
