import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { Dispatcher, type DispatcherOptions } from '../../../services/rest-proxy/produce/dispatcher.ts'
import { type Outcome } from '../../../services/rest-proxy/produce/entry.ts'
import { type WantedRecord } from '../../../services/rest-proxy/produce/produce-request.ts'
import { type ProducerPort } from '../../../services/rest-proxy/produce/producer-port.ts'
import { BrokerModel } from './broker-model.ts'

const options: DispatcherOptions = {
  produceTimeoutMs: 5_000,
  maxRecordBytes: 1_000,
  maxBatchBytes: 2_000,
  maxBatchRecords: 100,
  maxFlightBytes: 10_000,
}

const dispatch = (ports: readonly ProducerPort[], changed: Partial<DispatcherOptions> = {}): Dispatcher =>
  new Dispatcher(ports, { ...options, ...changed }, () => undefined)

const aRecord = (value: string, placed: { key?: string; partition?: number } = {}): WantedRecord => ({
  key: placed.key === undefined ? null : Buffer.from(placed.key),
  value: Buffer.from(value),
  partition: placed.partition,
})

it('sends what arrives while a flight is under way together in the next', async () => {
  const broker = new BrokerModel()
  await using dispatcher = dispatch([broker])
  const first = dispatcher.produce('t', 1, [aRecord('first')])
  await vi.waitFor(() => {
    expect(broker.requests.length).toBe(1)
  })
  const rest = Array.from({ length: 20 }, (_, at) => dispatcher.produce('t', 1, [aRecord(String(at))]))
  await Promise.all([first, ...rest])
  expect(broker.requests.length).toBeLessThanOrEqual(3)
  expect(broker.logs.get('t/0')).toEqual(['first', ...Array.from({ length: 20 }, (_, at) => String(at))])
})

it('fails a record that is too large for the proxy alone', async () => {
  const broker = new BrokerModel()
  await using dispatcher = dispatch([broker])
  const outcomes = await dispatcher.produce('t', 1, [aRecord('a'), aRecord('x'.repeat(1_001)), aRecord('b')])
  expect(outcomes).toEqual([
    { partition: 0, offset: 0n },
    { errorCode: 50002, error: expect.stringContaining('larger than 1000') as string },
    { partition: 0, offset: 1n },
  ])
})

it('fails a record for a partition that the topic does not have alone', async () => {
  await using dispatcher = dispatch([new BrokerModel()])
  const outcomes = await dispatcher.produce('t', 2, [aRecord('a', { partition: 2 }), aRecord('b', { partition: 1 })])
  expect(outcomes).toEqual([
    { errorCode: 50003, error: 'Topic t with partition 2 is not present in metadata.' },
    { partition: 1, offset: 0n },
  ])
})

it('answers a retriable error when the broker never acknowledges, within the time limit', async () => {
  const port: ProducerPort = { session: () => new Promise(() => undefined), retire: () => undefined }
  const dispatcher = dispatch([port], { produceTimeoutMs: 50 })
  const [outcome] = await dispatcher.produce('t', 1, [aRecord('a')])
  expect(outcome).toMatchObject({ errorCode: 50003 })
})

it('takes a new producer after a flight without an answer', async () => {
  const broker = new BrokerModel({ fault: (request) => (request === 0 ? 'after' : undefined) })
  await using dispatcher = dispatch([broker])
  const [lost] = await dispatcher.produce('t', 1, [aRecord('a')])
  const [kept] = await dispatcher.produce('t', 1, [aRecord('b')])
  expect(lost).toEqual({ errorCode: 50003, error: 'connection lost' })
  expect(kept).toEqual({ partition: 0, offset: 1n })
  expect(broker.sessions).toBe(2)
})

it('acknowledges only what is in the log, at its offset, in order, whatever the broker rejects or forgets to answer', async () => {
  const request = fc.array(
    fc.record({ size: fc.oneof(fc.nat(40), fc.constant(400)), partition: fc.option(fc.nat(2), { nil: undefined }) }),
    { minLength: 1, maxLength: 4 },
  )
  const faults = fc.array(fc.constantFrom('before' as const, 'after' as const, undefined, undefined), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { maxLength: 12 }),
      faults,
      fc.constantFrom(1, 2),
      fc.integer({ min: 1, max: 6 }),
      async (requests, fault, ports, atOnce) => {
        const broker = new BrokerModel({ fault: (at) => fault[at], maxBatchBytes: 300 })
        // Two producers of one broker: each port has sessions of its own.
        const second: ProducerPort = new BrokerModelPort(broker)
        await using dispatcher = dispatch(ports === 1 ? [broker] : [broker, second])
        const sent = requests.map((records, r) =>
          records.map(({ size, partition }, at) =>
            aRecord(`${String(r)}.${String(at)}:${'x'.repeat(size)}`, partition === undefined ? {} : { partition }),
          ),
        )
        const answers: Outcome[][] = []
        for (let from = 0; from < sent.length; from += atOnce) {
          const wave = sent.slice(from, from + atOnce)
          answers.push(...(await Promise.all(wave.map((records) => dispatcher.produce('t', 3, records)))))
        }
        const offsets = new Set<string>()
        answers.forEach((outcomes, r) => {
          outcomes.forEach((outcome, at) => {
            const value = String(sent[r]![at]!.value)
            if ('errorCode' in outcome) {
              // Only a record too large for the broker, or one whose flight was lost, may fail.
              expect(value.length > 300 || outcome.errorCode === 50003).toBe(true)
              return
            }
            const place = `${String(outcome.partition)}:${String(outcome.offset)}`
            expect(offsets.has(place)).toBe(false)
            offsets.add(place)
            expect(broker.logs.get(`t/${String(outcome.partition)}`)?.[Number(outcome.offset)]).toBe(value)
          })
        })
        for (const log of broker.logs.values()) {
          const order = log.map((value) => value.split(':')[0]!.split('.').map(Number))
          expect(order).toEqual(order.toSorted(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d))
        }
      },
    ),
  )
})

/** A further producer of the same broker. */
class BrokerModelPort implements ProducerPort {
  readonly #broker: BrokerModel
  #inner: ReturnType<BrokerModel['open']> | undefined

  constructor(broker: BrokerModel) {
    this.#broker = broker
  }

  session(): ReturnType<ProducerPort['session']> {
    this.#inner ??= this.#broker.open()
    return Promise.resolve(this.#inner)
  }

  retire(): void {
    this.#inner = undefined
  }
}
