import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Batch, Entry, type OutcomeSlots } from '../../../services/rest-proxy/produce/entry.ts'
import { Lanes } from '../../../services/rest-proxy/produce/lanes.ts'

const never: OutcomeSlots = { isSettled: () => false, settle: () => undefined }

const anEntry = (
  { topic = 't', partition = 0, value = 'v' }: { topic?: string; partition?: number; value?: string } = {},
  slots = never,
): Entry => new Entry({ topic, partition, key: null, value: Buffer.from(value) }, slots, 0)

const valuesOf = (flight: readonly Batch[]): string[] =>
  flight.flatMap(({ entries }) => entries.map(({ value }) => String(value)))

it('keeps the order of a partition, loses nothing and doubles nothing, however flights depart', () => {
  const step = fc.oneof(
    fc.record({ topic: fc.constantFrom('a', 'b'), partition: fc.nat(2), size: fc.nat(60) }),
    fc.constant('depart' as const),
    fc.constant('back' as const),
  )
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const lanes = new Lanes({ maxBatchBytes: 200, maxBatchRecords: 4, maxFlightBytes: 500 })
      const added = new Map<string, string[]>()
      const taken = new Map<string, string[]>()
      const away: Batch[][] = []
      const depart = (): Batch[] => {
        const flight = lanes.take()
        for (const { topic, partition, entries } of flight) {
          const name = `${topic}/${String(partition)}`
          const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0)
          expect(entries.length).toBeLessThanOrEqual(4)
          expect(entries.length === 1 || bytes <= 200).toBe(true)
          expect(away.flat().some((batch) => batch.topic === topic && batch.partition === partition)).toBe(false)
          taken.set(name, [...(taken.get(name) ?? []), ...entries.map(({ value }) => String(value))])
        }
        return flight
      }
      steps.forEach((one, at) => {
        if (one === 'depart') away.push(depart())
        else if (one === 'back') lanes.back(away.shift() ?? [])
        else {
          const name = `${one.topic}/${String(one.partition)}`
          const value = `${String(at)}:${'x'.repeat(one.size)}`
          added.set(name, [...(added.get(name) ?? []), value])
          lanes.add(anEntry({ ...one, value }))
        }
      })
      for (const flight of away.splice(0)) lanes.back(flight)
      while (lanes.isReady) lanes.back(depart())
      expect(taken).toEqual(added)
    }),
  )
})

it('sends a record larger than a batch alone', () => {
  const lanes = new Lanes({ maxBatchBytes: 50, maxBatchRecords: 10, maxFlightBytes: 1_000 })
  for (const value of ['a', 'b'.repeat(100), 'c']) lanes.add(anEntry({ value }))
  const flights: string[][] = []
  while (lanes.isReady) {
    const flight = lanes.take()
    flights.push(valuesOf(flight))
    lanes.back(flight)
  }
  expect(flights).toEqual([['a'], ['b'.repeat(100)], ['c']])
})

it('fills one partition until it departs, then the next', () => {
  const lanes = new Lanes({ maxBatchBytes: 1_000, maxBatchRecords: 10, maxFlightBytes: 10_000 })
  const place = (): number => {
    const partition = lanes.stickyPartition('t', 3)
    lanes.add(anEntry({ partition }))
    return partition
  }
  expect([place(), place(), place()]).toEqual([0, 0, 0])
  lanes.take()
  expect([place(), place()]).toEqual([1, 1])
  lanes.take()
  expect(place()).toBe(2)
  lanes.take()
  expect(place()).toBe(0)
})

it('moves on to the next partition when one is full', () => {
  const lanes = new Lanes({ maxBatchBytes: 100, maxBatchRecords: 10, maxFlightBytes: 10_000 })
  lanes.add(anEntry({ partition: lanes.stickyPartition('t', 2), value: 'x'.repeat(100) }))
  expect(lanes.stickyPartition('t', 2)).toBe(1)
})

it('leaves settled records behind and lets go of them', () => {
  const lanes = new Lanes({ maxBatchBytes: 100, maxBatchRecords: 10, maxFlightBytes: 10_000 })
  const settled: OutcomeSlots = { isSettled: () => true, settle: () => undefined }
  lanes.add(anEntry({ value: 'late' }, settled))
  lanes.add(anEntry({ value: 'open' }))
  expect(valuesOf(lanes.take())).toEqual(['open'])
  lanes.add(anEntry({ topic: 'u' }, settled))
  lanes.dropSettled()
  expect(lanes.isReady).toBe(false)
})
