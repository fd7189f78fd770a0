import { setTimeout as delay } from 'node:timers/promises'
import { type Finding, type Pitfall, type PitfallSite } from './pitfall.ts'
import { recordsBody, sampleRow } from './sample.ts'
import { scratchStream, type ScratchStream } from './scratch-stream.ts'

const shards = 3
/** Twice what one shard takes in a second. */
const records = 2_000
const recordsPerRequest = 500
/** A shard's bucket is full again after a second. */
const pauseMs = 1_100

export const constantPartitionKey: Pitfall = {
  name: 'constant-partition-key',
  title: 'the same partition key for every record: one shard does all the work and throttles',
  run: async (site) => {
    const wrong = await spread(site, '"PartitionKey": "test"', () => 'test')
    await delay(pauseMs, undefined, { signal: site.signal })
    const mended = await spread(site, '"PartitionKey": str(row["ind"])', String)
    return {
      wrong: wrong.finding,
      cause:
        'the MD5 of the partition key chooses the shard, and equal keys have equal MD5s: 1,000 records a second is all that such a stream takes, however many shards it has',
      mended: mended.finding,
      holds: wrong.usedShards === 1 && mended.usedShards === shards && mended.throttled <= wrong.throttled,
    }
  },
}

async function spread(site: PitfallSite, did: string, keyOf: (ind: number) => string): Promise<Spread> {
  await using stream = await scratchStream(site, 'constant-key', shards)
  const throttled = await putAll(stream, keyOf)
  const stored = await stream.read()
  const counts = [...stored.values()].map(({ length }) => length)
  return {
    finding: {
      did: `${String(records)} records at once, ${did}`,
      columns: [...stored.keys(), 'throttled'],
      rows: [[...counts, throttled]],
    },
    usedShards: counts.filter((count) => count > 0).length,
    throttled,
  }
}

interface Spread {
  readonly finding: Finding
  readonly usedShards: number
  readonly throttled: number
}

/** @returns records that were answered ProvisionedThroughputExceededException. */
async function putAll(stream: ScratchStream, keyOf: (ind: number) => string): Promise<number> {
  const bodies = Array.from({ length: records / recordsPerRequest }, (_, request) => {
    const rows = Array.from({ length: recordsPerRequest }, (_, at) =>
      sampleRow('geo', request * recordsPerRequest + at),
    )
    return recordsBody(rows.map((data) => ({ data, partitionKey: keyOf(data.ind) })))
  })
  const answers = await Promise.all(bodies.map(async (body) => stream.put('records', body)))
  return answers.reduce((sum, { FailedRecordCount = 0 }) => sum + FailedRecordCount, 0)
}
