/**
 * Puts numbered records into the stream `s` of the folder in argv[2] until it is killed, and prints the number of each acknowledged
 * record on a line of its own, with its sequence number. Numbers begin at argv[3]; argv[4] is the fsync setting. Some of the time it
 * changes the number of shards.
 */
import { writeSync } from 'node:fs'
import { pino } from 'pino'
import { openStreams } from '../../../services/kinesis/streams/open.ts'

const [, , dataDir = '', first = '0', fsync = 'never'] = process.argv
const streams = await openStreams({
  dataDir,
  accountId: '000000000000',
  fsync: fsync === 'always' ? 'always' : 'never',
  enforceShardLimits: false,
  // small files, so that kills hit their changes too
  segmentBytes: 20_000,
  log: pino({ level: 'silent' }),
})
if (streams.list().length === 0) await streams.create('s', 3)
writeSync(1, 'ready\n')

let next = Number(first)
const keys = ['a', 'b', 'c', 'd', 'e', 'f']

/** One client with a key of its own: the next records are put when the ones before are acknowledged. */
async function client(partitionKey: string): Promise<never> {
  for (;;) {
    const numbers = Array.from({ length: 1 + (next % 4) }, () => next++)
    const outcomes = await streams.put(
      's',
      numbers.map((number) => ({
        data: Buffer.from(`${String(number)} ${'x'.repeat((number * 37) % 1_500)}`),
        partitionKey,
        explicitHashKey: undefined,
      })),
    )
    const lines = outcomes.map((outcome, at) =>
      'error' in outcome ? '' : `${String(numbers[at])} ${outcome.sequenceNumber} ${partitionKey}\n`,
    )
    writeSync(1, lines.join(''))
    await new Promise(setImmediate)
  }
}

async function scaler(): Promise<never> {
  for (let turn = 0; ; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 60))
    await streams.setShardCount('s', turn % 2 === 0 ? 4 : 3)
  }
}

await Promise.all([...keys.map(client), scaler()])
