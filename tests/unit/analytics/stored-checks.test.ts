import { createHash } from 'node:crypto'
import { expect, it, test } from 'vitest'
import { type BatchAcknowledgement } from '../../../contract/index.ts'
import { type Check } from '../../../analytics/verify/check.ts'
import { type Lag } from '../../../analytics/verify/landing.ts'
import { LogIndex, PartitionLog } from '../../../analytics/verify/log-index.ts'
import { Acknowledged, checkAcknowledged, StoredObjects } from '../../../analytics/verify/stored-checks.ts'
import { type StoredObject } from '../../../analytics/objects.ts'
import { type KafkaMessage } from '../../../clients/kafka.ts'
import { aGeo, anObject, userId } from './cleaned.ts'

const topic = `${userId}.geo`
const row = (ind: number): string => JSON.stringify(aGeo({ ind }))

/** One partition of the geo topic whose record at each offset is a row of that ind, but for `values`. */
function aLog(options: {
  start?: number
  end: number
  values?: Record<number, string | null>
  deadLettered?: number[]
}): PartitionLog {
  const { start = 0, end, values = {}, deadLettered = [] } = options
  const log = new PartitionLog('geo', { topic, partition: 0, start: BigInt(start), end: BigInt(end) })
  for (let offset = start; offset < end; offset++) {
    const value = offset in values ? values[offset] : row(offset)
    log.add({ offset: String(offset), value: typeof value === 'string' ? Buffer.from(value) : null } as KafkaMessage)
  }
  for (const offset of deadLettered) log.deadLettered.add(BigInt(offset))
  return log
}

/** An object as the sink writes it, with the lines of the rows given. */
function stored(startOffset: number, inds: readonly number[], lines = inds.map(row)): StoredObject {
  const object = anObject('geo', 0, startOffset, lines.map((line) => `${line}\n`).join(''))
  return { ...object, etag: createHash('md5').update(object.body).digest('hex') }
}

interface Scene {
  readonly log: PartitionLog
  readonly objects: readonly StoredObject[]
  readonly flushSizeRecords?: number
  readonly committed?: number
  /** End of the partition after the objects were read. */
  readonly endNow?: number
}

function checksOf({ log, objects, flushSizeRecords = 1, committed, endNow }: Scene): Record<string, Check> {
  const index = new LogIndex([log])
  const checks = new StoredObjects(index, objects)
  for (const object of objects) checks.take(object)
  const lag: Lag = { topic, partition: 0, committed: BigInt(committed ?? Number(log.range.end)), records: 0 }
  const ends = new Map([[`${topic} 0`, BigInt(endNow ?? Number(log.range.end))]])
  return Object.fromEntries(checks.checks(ends, [lag], flushSizeRecords).map((check) => [check.name, check]))
}

const failedOf = (scene: Scene): string[] =>
  Object.values(checksOf(scene))
    .filter(({ status }) => status === 'failed')
    .map(({ name }) => name)

const whole = [stored(0, [0]), stored(1, [1]), stored(2, [2])]

it.each<{ what: string; scene: Scene; failed: string[] }>([
  { what: 'one object a record', scene: { log: aLog({ end: 3 }), objects: whole }, failed: [] },
  {
    what: 'files of three',
    scene: { log: aLog({ end: 6 }), objects: [stored(0, [0, 1, 2]), stored(3, [3, 4, 5])], flushSizeRecords: 3 },
    failed: [],
  },
  {
    what: 'a log that begins later',
    scene: { log: aLog({ start: 1, end: 3 }), objects: whole.slice(1) },
    failed: [],
  },
  {
    what: 'objects older than the log',
    scene: { log: aLog({ start: 1, end: 3 }), objects: whole },
    failed: [],
  },
  {
    what: 'a file over a dead letter and a null value',
    scene: {
      log: aLog({ end: 5, values: { 1: '{bad', 3: null }, deadLettered: [1] }),
      objects: [stored(0, [0, 2, 4])],
      flushSizeRecords: 3,
    },
    failed: [],
  },
  {
    what: 'an open tail shorter than a file',
    scene: { log: aLog({ end: 5 }), objects: [stored(0, [0, 1, 2])], flushSizeRecords: 3, committed: 3 },
    failed: [],
  },
  {
    what: 'records that came while it was read',
    scene: { log: aLog({ end: 2 }), objects: whole, endNow: 3 },
    failed: [],
  },
  { what: 'a deleted object', scene: { log: aLog({ end: 3 }), objects: [whole[0]!, whole[2]!] }, failed: ['no-gap'] },
  { what: 'the last object deleted', scene: { log: aLog({ end: 3 }), objects: whole.slice(0, 2) }, failed: ['no-gap'] },
  {
    what: 'a tail as long as a file',
    scene: { log: aLog({ end: 6 }), objects: [stored(0, [0, 1, 2])], flushSizeRecords: 3, committed: 3 },
    failed: ['no-gap'],
  },
  {
    what: 'an object copied to an offset past the end',
    scene: { log: aLog({ end: 3 }), objects: [...whole, stored(9, [2])] },
    failed: ['no-offset-twice'],
  },
  {
    what: 'a file that overlaps another',
    scene: { log: aLog({ end: 3 }), objects: [stored(0, [0, 1, 2]), stored(1, [1, 2])] },
    failed: ['no-offset-twice'],
  },
  {
    what: 'a line too many',
    scene: { log: aLog({ end: 3 }), objects: [stored(0, [0, 0]), whole[1]!, whole[2]!] },
    failed: ['no-offset-twice', 'bytes-equal'],
  },
  {
    what: 'a line too many in the last object',
    scene: { log: aLog({ end: 3 }), objects: [whole[0]!, whole[1]!, stored(2, [2, 2])] },
    failed: ['no-offset-twice'],
  },
  {
    what: 'a line missing in a file',
    scene: { log: aLog({ end: 3 }), objects: [stored(0, [0, 1])], flushSizeRecords: 3 },
    failed: ['no-gap'],
  },
  {
    what: 'a changed byte',
    scene: {
      log: aLog({ end: 3 }),
      objects: [stored(0, [0], [row(0).replace('Albania', 'Albanib')]), whole[1]!, whole[2]!],
    },
    failed: ['bytes-equal'],
  },
  {
    what: 'a changed byte that breaks the JSON',
    scene: { log: aLog({ end: 3 }), objects: [stored(0, [0], [row(0).replace('{', '[')]), whole[1]!, whole[2]!] },
    failed: ['bytes-equal'],
  },
  {
    what: 'an ETag that is not the content’s',
    scene: { log: aLog({ end: 3 }), objects: [{ ...whole[0]!, etag: 'x' }, whole[1]!, whole[2]!] },
    failed: ['object-keys'],
  },
  {
    what: 'a partition that the topic has not',
    scene: { log: aLog({ end: 3 }), objects: [...whole, anObject('geo', 7, 0, '')] },
    failed: ['object-keys'],
  },
  {
    what: 'a file that begins at a dead letter',
    scene: { log: aLog({ end: 3, values: { 1: '{bad' }, deadLettered: [1] }), objects: [whole[0]!, stored(1, [2])] },
    failed: ['object-keys'],
  },
])('$what: $failed fail', ({ scene, failed }) => {
  expect(failedOf(scene)).toEqual(failed)
})

test('a line of a file over a gap gets the offset of its own record', () => {
  const log = aLog({ end: 5, values: { 1: '{bad' }, deadLettered: [1] })
  const checks = new StoredObjects(new LogIndex([log]), [])
  expect(checks.take(stored(0, [0, 2, 3]))?.offsets).toEqual([0n, 2n, 3n])
  expect(checks.take(stored(2, [2, 3]))?.offsets).toEqual([])
})

test('lines past the log’s end are not taken to be cleaned', () => {
  const checks = new StoredObjects(new LogIndex([aLog({ end: 2 })]), [])
  expect(checks.take(stored(1, [1, 2]))?.object.body.toString()).toBe(row(1))
  expect(checks.take(stored(2, [2]))).toBeUndefined()
  expect(checks.lines.geo).toBe(1)
})

async function acknowledged(lines: readonly Partial<BatchAcknowledgement>[]): Promise<Check> {
  const index = new LogIndex([aLog({ end: 3, values: { 2: '{bad' } })])
  const ledger = lines.map((line): BatchAcknowledgement => {
    return { run: 'r', emission: 0, ind: 1, entity: 'geo', topic, partition: 0, offset: 1, ...line }
  })
  // eslint-disable-next-line @typescript-eslint/require-await -- a ledger is read asynchronously
  const read = async function* (): AsyncGenerator<BatchAcknowledgement> {
    yield* ledger
  }
  return checkAcknowledged(read(), index, new Acknowledged())
}

it.each([
  [{}, 'passed'],
  [{ offset: 0, ind: 0 }, 'passed'],
  [{ offset: 3 }, 'failed'],
  [{ partition: 1 }, 'failed'],
  [{ topic: `${userId}.pin` }, 'failed'],
  [{ ind: 2 }, 'failed'],
  [{ entity: 'pin' }, 'failed'],
  [{ offset: 2 }, 'failed'],
] as const)('an acknowledgement with %j: %s', async (line, status) => {
  const check = await acknowledged([{}, line])
  expect(check).toMatchObject({ name: 'acknowledged-in-kafka', status })
  expect(check.counts['acknowledgements']).toBe(2)
})

test('at most five faults are told, all are counted', async () => {
  const check = await acknowledged(Array.from({ length: 9 }, (_, at) => ({ offset: 10 + at })))
  expect(check.examples).toHaveLength(5)
  expect(check.counts).toEqual({ acknowledgements: 9, missing: 9 })
})
