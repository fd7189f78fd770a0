import fc from 'fast-check'
import { expect, test } from 'vitest'
import { objectKey } from '../../../contract/index.ts'
import { type CutRules } from '../../../services/s3-sink/write/cut-files.ts'
import { InFlight } from '../../../services/s3-sink/write/in-flight.ts'
import { PartitionWriter } from '../../../services/s3-sink/write/partition-writer.ts'
import { ManualStore, settled } from './fixtures.ts'

interface LogRecord {
  readonly offset: number
  readonly timestampMs: number
  /** Undefined: not JSON, it goes to the dead letters. */
  readonly line: string | undefined
}

/** What happens next to the sink; `pick` chooses among what is there. */
type Event =
  | { readonly kind: 'poll'; readonly size: number }
  | { readonly kind: 'stored' | 'stored unheard' | 'sent'; readonly pick: number }
  | { readonly kind: 'commit' | 'rebalance' | 'crash' }

const rules = fc.record({
  flushSizeRecords: fc.integer({ min: 1, max: 6 }),
  rotateIntervalMs: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
})

/** A partition's log, with gaps in its offsets (compaction) and times that may run back. */
const log = fc
  .array(
    fc.record({
      gap: fc.constantFrom(1, 1, 1, 2, 5),
      timestampMs: fc.nat(200),
      isBad: fc.constantFrom(false, false, false, true),
    }),
    {
      maxLength: 40,
    },
  )
  .map((entries) => {
    let offset = -1
    return entries.map(({ gap, timestampMs, isBad }): LogRecord => {
      offset += gap
      return { offset, timestampMs, line: isBad ? undefined : `{"n":${String(offset)}}` }
    })
  })

const event = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('poll' as const), size: fc.integer({ min: 1, max: 8 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom('stored', 'stored', 'stored unheard', 'sent'), pick: fc.nat() }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('commit', 'commit', 'rebalance', 'crash') }) },
) as fc.Arbitrary<Event>

/** The files as they must be, from the records alone: written as plainly as possible, apart from the sink's own code. */
function filesOf(records: readonly LogRecord[], { flushSizeRecords, rotateIntervalMs }: CutRules) {
  const files: { readonly records: LogRecord[]; isWhole: boolean }[] = []
  for (const record of records.filter(({ line }) => line !== undefined)) {
    let last = files.at(-1)
    const [first] = last?.records ?? []
    if (last && first && rotateIntervalMs !== undefined && record.timestampMs - first.timestampMs >= rotateIntervalMs)
      last.isWhole = true
    if (!last || last.isWhole) files.push((last = { records: [], isWhole: false }))
    last.records.push(record)
    if (last.records.length === flushSizeRecords) last.isWhole = true
  }
  return new Map(
    files
      .filter(({ isWhole }) => isWhole)
      .map((file) => [
        objectKey('t', 0, BigInt(file.records[0]?.offset ?? 0)),
        file.records.map(({ line }) => `${line ?? ''}\n`).join(''),
      ]),
  )
}

/** One partition's way from Kafka to S3, with what survives a crash (objects, committed offset) apart from what does not. */
class Simulation {
  readonly store = new ManualStore()
  readonly deadLetters = new Set<number>()
  committed = 0
  readonly #log: readonly LogRecord[]
  readonly #rules: CutRules
  #life!: { writer: PartitionWriter; position: number; committable: number; sends: (() => void)[] }

  constructor(records: readonly LogRecord[], cutRules: CutRules) {
    this.#log = records
    this.#rules = cutRules
    this.#begin()
  }

  get isDone(): boolean {
    return (
      this.#life.position > (this.#log.at(-1)?.offset ?? -1) &&
      this.store.requests.length === 0 &&
      this.#life.sends.length === 0
    )
  }

  async apply(next: Event): Promise<void> {
    const { requests } = this.store
    const life = this.#life
    if (next.kind === 'poll') this.#poll(next.size)
    else if (next.kind === 'stored') requests[next.pick % Math.max(1, requests.length)]?.succeed()
    else if (next.kind === 'stored unheard') this.#maybeUnheard(next.pick)
    else if (next.kind === 'sent') life.sends.splice(next.pick % Math.max(1, life.sends.length), 1)[0]?.()
    else if (next.kind === 'commit') this.committed = Math.max(this.committed, life.committable)
    else this.#begin()
    await settled()
    this.#expectSafety()
  }

  /** The rest without any more faults. */
  async finish(): Promise<void> {
    this.#begin()
    while (!this.isDone) {
      await this.apply({ kind: 'poll', size: 3 })
      for (const request of [...this.store.requests]) request.succeed()
      for (const send of this.#life.sends.splice(0)) send()
      await settled()
    }
    await this.apply({ kind: 'commit' })
  }

  #begin(): void {
    const life = { position: this.committed, committable: this.committed, sends: [] as (() => void)[] }
    const writer = new PartitionWriter({
      ...{ topic: 't', partition: 0, rules: this.#rules, store: this.store },
      inFlight: new InFlight({ maxObjects: 1_000, maxBytes: 1e9 }),
      onCommittable: (offset) => (life.committable = Number(offset)),
      onFailure: (error) => {
        throw error
      },
    })
    this.#life = Object.assign(life, { writer })
  }

  #poll(size: number): void {
    const life = this.#life
    for (const record of this.#log.filter(({ offset }) => offset >= life.position).slice(0, size)) {
      life.position = record.offset + 1
      if (record.line !== undefined) {
        life.writer.add({ offset: BigInt(record.offset), timestampMs: record.timestampMs, line: record.line })
        continue
      }
      const sent = Promise.withResolvers<undefined>()
      life.sends.push(() => {
        this.deadLetters.add(record.offset)
        sent.resolve(undefined)
      })
      life.writer.skip(BigInt(record.offset), sent.promise)
    }
  }

  /** A request of the life that is over, or its last breath: the object is there and nobody knows. The sink then dies. */
  #maybeUnheard(pick: number): void {
    this.store.requests[pick % Math.max(1, this.store.requests.length)]?.happenUnheard()
    this.#begin()
  }

  /** At every moment: all before the committed offset is stored or among the dead letters, and no object ever changed. */
  #expectSafety(): void {
    expect(this.store.changedKeys).toEqual([])
    const stored = [...this.store.objects.values()].join('')
    for (const { offset, line } of this.#log.filter((record) => record.offset < this.committed)) {
      if (line === undefined) expect(this.deadLetters).toContain(offset)
      else expect(stored).toContain(`${line}\n`)
    }
  }
}

test('a sink that dies at any point, any number of times, leaves the objects of one that never died', async () => {
  await fc.assert(
    fc.asyncProperty(log, rules, fc.array(event, { maxLength: 60 }), async (records, cutRules, events) => {
      const simulation = new Simulation(records, cutRules)
      for (const next of events) await simulation.apply(next)
      await simulation.finish()
      const expected = filesOf(records, cutRules)
      expect(simulation.store.objects).toEqual(expected)
      const bad = records.filter(({ line }) => line === undefined).map(({ offset }) => offset)
      expect([...simulation.deadLetters].sort((a, b) => a - b)).toEqual(bad)
    }),
    { numRuns: 400 },
  )
})
