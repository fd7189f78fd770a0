import { describe, expect, it } from 'vitest'
import { type CutRules } from '../../../services/s3-sink/write/cut-files.ts'
import { InFlight } from '../../../services/s3-sink/write/in-flight.ts'
import { PartitionWriter } from '../../../services/s3-sink/write/partition-writer.ts'
import { ManualStore, settled } from './fixtures.ts'

const topic = 'a1b2c3d4e5f6.pin'
const key = (offset: number): string =>
  `topics/${topic}/partition=2/${topic}+2+${String(offset).padStart(10, '0')}.json`

function aWriter(rules: Partial<CutRules>, store = new ManualStore()) {
  const committable: number[] = []
  const failures: unknown[] = []
  const inFlight = new InFlight({ maxObjects: 3, maxBytes: 1_000 })
  const writer = new PartitionWriter({
    ...{ topic, partition: 2, store, inFlight, rules: { flushSizeRecords: 2, rotateIntervalMs: undefined, ...rules } },
    onCommittable: (offset) => committable.push(Number(offset)),
    onFailure: (error) => failures.push(error),
  })
  const add = (offset: number, { at = 0, line = `{"n":${String(offset)}}` } = {}): void => {
    writer.add({ offset: BigInt(offset), timestampMs: at, line })
  }
  return { writer, store, committable, failures, inFlight, add }
}

describe('PartitionWriter', () => {
  it('writes a file once it is full, named by its first offset', () => {
    const { add, store, writer } = aWriter({ flushSizeRecords: 2 })
    for (const offset of [5, 6, 7]) add(offset)
    expect(store.requests.map((request) => request.key)).toEqual([key(5)])
    store.requests[0]?.succeed()
    expect(store.objects).toEqual(new Map([[key(5), '{"n":5}\n{"n":6}\n']]))
    expect(writer.openRecords).toBe(1)
  })

  it('cuts by record time, the first record past the span in the next file', () => {
    const { add, store } = aWriter({ flushSizeRecords: 100, rotateIntervalMs: 1_000 })
    add(0, { at: 5_000 })
    add(1, { at: 5_999 })
    add(2, { at: 6_000 })
    add(3, { at: 6_999 })
    add(4, { at: 1 }) // time may run back
    add(5, { at: 7_500 })
    expect(store.requests.map((request) => request.key)).toEqual([key(0), key(2)])
  })

  it('commits in order, whatever order the store answers in', async () => {
    const { add, store, committable } = aWriter({ flushSizeRecords: 1 })
    for (const offset of [0, 1, 2]) add(offset)
    store.requests[2]?.succeed()
    store.requests[1]?.succeed()
    await settled()
    expect(committable).toEqual([])
    store.requests[0]?.succeed()
    await settled()
    expect(committable).toEqual([3])
  })

  it('commits nothing past an object that failed', async () => {
    const { add, store, committable, failures } = aWriter({ flushSizeRecords: 1 })
    for (const offset of [0, 1, 2]) add(offset)
    const refusal = new Error('AccessDenied')
    store.requests[1]?.fail(refusal)
    store.requests[1]?.succeed()
    store.requests[0]?.succeed()
    await settled()
    expect(failures).toEqual([refusal])
    expect(committable).toEqual([1])
  })

  it('starts a file at the first record that is written, and passes a skipped one with the file around it', async () => {
    const { add, store, writer, committable } = aWriter({ flushSizeRecords: 2 })
    const sent = Promise.withResolvers<undefined>()
    writer.skip(0n, Promise.resolve())
    await settled()
    expect(committable).toEqual([1])
    add(1)
    writer.skip(2n, sent.promise)
    add(3)
    store.requests[0]?.succeed()
    await settled()
    expect(committable).toEqual([1])
    sent.resolve(undefined)
    await settled()
    expect(committable).toEqual([1, 4])
    expect([...store.objects.keys()]).toEqual([key(1)])
  })

  it('counts what is under way, in objects and bytes', async () => {
    const { add, store, inFlight } = aWriter({ flushSizeRecords: 1 })
    for (const offset of [0, 1, 2]) add(offset)
    expect(inFlight).toMatchObject({ objects: 3, bytes: 24 })
    expect(inFlight.isFull()).toBe(true)
    const freed = inFlight.freed()
    store.requests[1]?.succeed()
    await freed
    expect(inFlight.isFull()).toBe(false)
    for (const request of [...store.requests]) request.fail(new Error('gone'))
    await inFlight.empty()
    expect(inFlight).toMatchObject({ objects: 0, bytes: 0 })
  })

  it('is full by bytes alone too', () => {
    const { add, inFlight } = aWriter({ flushSizeRecords: 1 })
    add(0, { line: 'x'.repeat(2_000) })
    expect(inFlight.isFull()).toBe(true)
  })

  it('hands a large file over in whole parts and a rest, never holding more than one part', async () => {
    const store = new ManualStore({ partSizeBytes: 100 })
    const { add, committable } = aWriter({ flushSizeRecords: 30 }, store)
    const line = `"é${'x'.repeat(8)}"`
    for (let offset = 0; offset < 30; offset += 1) add(offset, { line })
    await settled()
    expect(store.partSizes).toEqual([100, 100, 100, 90])
    store.requests[0]?.succeed()
    await settled()
    expect(store.objects).toEqual(new Map([[key(0), `${line}\n`.repeat(30)]]))
    expect(committable).toEqual([30])
  })

  it('takes the three calls for a small file too when asked', async () => {
    const store = new ManualStore({ alwaysMultipart: true })
    aWriter({ flushSizeRecords: 1 }, store).add(0)
    await settled()
    expect(store.partSizes).toEqual([8])
  })
})
