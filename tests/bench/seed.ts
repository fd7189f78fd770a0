import { mysqlConnection } from '../../clients/mysql.ts'
import { loadDataset } from '../../seed/load.ts'
import { startMysql } from '../support/services.ts'
import { type BenchResult } from './result.ts'

export const name = 'seed'

const size = 1_000_000
const port = 16_307
const sampleMs = 50

/** Generates and loads a million posts into a fresh server, once: the rate is the sum of a million rows and needs no median. */
export async function run(): Promise<BenchResult[]> {
  await using mysql = await startMysql({ port })
  const connection = await mysqlConnection({ host: mysql.host, port, user: 'root', password: mysql.rootPassword })
  let peakBytes = 0
  const sampler = setInterval(() => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
  }, sampleMs)
  try {
    const startedAt = performance.now()
    await loadDataset(connection, { seed: 1, size })
    const seconds = (performance.now() - startedAt) / 1000
    return [
      { name: 'generate and load 1 million posts', value: seconds, unit: 's', limit: { atMost: 90 } },
      { name: 'rows into the three tables', value: (3 * size) / seconds, unit: 'rows/s' },
      { name: 'memory of the loading process', value: peakBytes / 1_048_576, unit: 'MiB', limit: { atMost: 512 } },
    ]
  } finally {
    clearInterval(sampler)
    await connection.end()
  }
}
