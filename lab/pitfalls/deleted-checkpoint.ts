import { type Pitfall } from './pitfall.ts'
import { demonstrateBySpark } from './spark.ts'

export const deletedCheckpoint: Pitfall = {
  name: 'deleted-checkpoint',
  title: 'the checkpoint is deleted: all is read again and doubled, or new records are ignored',
  run: async (site) => {
    const { wrong, mended } = await demonstrateBySpark(site, 'deleted', 1)
    return {
      wrong: { did: 'dbutils.fs.rm("/tmp/kinesis/_checkpoints/", True), then the query again', ...wrong },
      cause:
        'without its checkpoint a query begins at the oldest record, with batch 0: a plain append writes it all again, and Delta leaves out batches of a txnAppId whose number it has seen, new records in them too',
      mended: { did: 'what "npx lab stream reset" does', ...mended },
      holds: !wrong.rows.some(isWhole) && mended.rows.length > 0 && mended.rows.every(isWhole),
    }
  },
}

/** Every record of Kinesis is a row once. */
const isWhole = ([, inKinesis, rows, different]: readonly unknown[]): boolean =>
  rows === inKinesis && different === inKinesis
