import { type Pitfall } from './pitfall.ts'
import { demonstrateBySpark, recordsBefore, type SparkOutput } from './spark.ts'

export const sharedCheckpoint: Pitfall = {
  name: 'shared-checkpoint',
  title: 'one checkpoint for three streams: two of them come to nothing',
  run: async (site) => {
    const { wrong, mended } = await demonstrateBySpark(site, 'shared', 3)
    return {
      wrong: { did: 'three queries with checkpointLocation "/tmp/kinesis/_checkpoints/"', ...wrong },
      cause:
        'a checkpoint holds one query’s place in one source; the second query takes up the places of the first one’s stream, which mean nothing in its own',
      mended: { did: 'three queries, each with a checkpoint of its own', ...mended },
      holds: wholeTables(wrong) < 3 && wholeTables(mended) === 3,
    }
  },
}

const wholeTables = ({ rows }: SparkOutput['wrong']): number =>
  rows.filter(([, count]) => count === recordsBefore).length
