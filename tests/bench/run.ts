import { parseArgs } from 'node:util'
import { holds, type Bench, type BenchResult } from './result.ts'

/**
 * Runs the benchmarks one after the other and prints each figure beside its limit. Exit code 1 when a limit is missed.
 * `node tests/bench/run.ts [name] [--json]`
 */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } })

const benches: Record<string, () => Promise<Bench>> = {
  seed: async () => import('./seed.ts'),
  'rest-proxy': async () => import('./rest-proxy.ts'),
  gateway: async () => import('./gateway.ts'),
  'gateway-kinesis': async () => import('./gateway-kinesis.ts'),
  kinesis: async () => import('./kinesis.ts'),
  's3-sink': async () => import('./s3-sink.ts'),
  analytics: async () => import('./analytics.ts'),
  'spark-stream': async () => import('./spark-stream.ts'),
  up: async () => import('./up.ts'),
}

const wanted = positionals.length > 0 ? positionals : Object.keys(benches)
const unknown = wanted.filter((name) => !(name in benches))
if (unknown.length > 0) {
  process.stderr.write(
    `error LAB_USAGE: there is no benchmark "${unknown.join(', ')}"\n  why: there are ${Object.keys(benches).join(', ')}\n  fix: name one of these, or none for all\n`,
  )
  process.exit(2)
}

const results: BenchResult[] = []
for (const name of wanted) {
  process.stderr.write(`▸ ${name}\n`)
  const bench = await benches[name]!()
  for (const result of await bench.run()) {
    results.push(result)
    if (!values.json) process.stdout.write(`${line(result)}\n`)
  }
}
const missed = results.filter((result) => !holds(result))
if (values.json) process.stdout.write(`${JSON.stringify({ ok: missed.length === 0, results }, null, 2)}\n`)
else {
  process.stdout.write(
    `${String(results.length - missed.length)} of ${String(results.length)} figures hold their limit\n`,
  )
  for (const result of missed) process.stdout.write(`missed: ${line(result)}\n`)
}
process.exitCode = missed.length === 0 ? 0 : 1

function line(result: BenchResult): string {
  const { name, value, unit, limit } = result
  const bound = limit
    ? 'atLeast' in limit
      ? `(at least ${String(limit.atLeast)})`
      : `(at most ${String(limit.atMost)})`
    : ''
  const digits = Math.abs(value) >= 100 ? 0 : 2
  return `${holds(result) ? '✓' : '✗'} ${name.padEnd(64)} ${value.toFixed(digits).padStart(9)} ${unit.padEnd(10)} ${bound}`
}
