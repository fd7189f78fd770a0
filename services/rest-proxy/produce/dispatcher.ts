import { setImmediate } from 'node:timers/promises'
import { restProxyErrors } from '../../../contract/wire-errors.ts'
import { Entry, type Outcome, recordBytes } from './entry.ts'
import { fly } from './flight.ts'
import { type FlightLimits, Lanes } from './lanes.ts'
import { partitionOfKey } from './partitioner.ts'
import { type WantedRecord } from './produce-request.ts'
import { type ProducerPort } from './producer-port.ts'
import { Ticket, TicketQueue } from './ticket.ts'

export interface DispatcherOptions extends FlightLimits {
  /** From arrival to answer, whatever the broker does. */
  readonly produceTimeoutMs: number
  readonly maxRecordBytes: number
}

export interface FlightReport {
  readonly records: number
  readonly batches: number
  readonly lost?: Error
}

/**
 * Sends what arrives in flights, one a producer at a time: while all are under way arriving records gather for the next. Answers are
 * never earlier than the broker's acknowledgement and never later than `produceTimeoutMs`.
 */
export class Dispatcher implements AsyncDisposable {
  readonly #ports: readonly ProducerPort[]
  readonly #options: DispatcherOptions
  readonly #lanes: Lanes
  readonly #tickets: TicketQueue
  readonly #onFlight: (report: FlightReport) => void
  readonly #stopping = new AbortController()
  readonly #flying = new Map<ProducerPort, Promise<void>>()

  constructor(ports: readonly ProducerPort[], options: DispatcherOptions, onFlight: (report: FlightReport) => void) {
    this.#ports = ports
    this.#options = options
    this.#lanes = new Lanes(options)
    this.#onFlight = onFlight
    this.#tickets = new TicketQueue(() => {
      this.#lanes.dropSettled()
    })
  }

  /** Outcomes in the order of `records`. `partitions` is how many the topic has. */
  produce(topic: string, partitions: number, records: readonly WantedRecord[]): Promise<Outcome[]> {
    const { produceTimeoutMs } = this.#options
    const ticket = new Ticket(records.length, Date.now() + produceTimeoutMs)
    records.forEach((record, at) => {
      const refused = this.#refuse(topic, partitions, record)
      if (refused === undefined) this.#lanes.add(this.#entry(ticket, at, topic, partitions, record))
      else ticket.settle(at, refused)
    })
    this.#tickets.watch(ticket, () => ({
      errorCode: restProxyErrors.kafkaRetriable.errorCode,
      error: `No acknowledgement from the broker within ${String(produceTimeoutMs)} ms; the record may be in the log or not.`,
    }))
    this.#depart()
    return ticket.outcomes
  }

  #refuse(topic: string, partitions: number, { key, value, partition }: WantedRecord): Outcome | undefined {
    const bytes = recordBytes(key, value)
    if (bytes > this.#options.maxRecordBytes) {
      return {
        errorCode: restProxyErrors.kafka.errorCode,
        error: `The message is ${String(bytes)} bytes when serialized which is larger than ${String(this.#options.maxRecordBytes)}, which is the value of the max.request.size configuration.`,
      }
    }
    if (partition === undefined || partition < partitions) return undefined
    return {
      errorCode: restProxyErrors.kafkaRetriable.errorCode,
      error: `Topic ${topic} with partition ${String(partition)} is not present in metadata.`,
    }
  }

  #entry(
    ticket: Ticket,
    at: number,
    topic: string,
    partitions: number,
    { key, value, partition: wanted }: WantedRecord,
  ): Entry {
    const partition =
      wanted ?? (key === null ? this.#lanes.stickyPartition(topic, partitions) : partitionOfKey(topic, key, partitions))
    return new Entry({ topic, partition, key, value }, ticket, at)
  }

  /** Lets one more flight go, where a producer is free and a partition waits that is not under way. */
  #depart(): void {
    for (const port of this.#ports) {
      if (!this.#lanes.isReady || this.#stopping.signal.aborted) return
      if (!this.#flying.has(port)) {
        this.#flying.set(port, this.#fly(port))
        return
      }
    }
  }

  async #fly(port: ProducerPort): Promise<void> {
    try {
      // What arrived in the same turn of the event loop goes together.
      await setImmediate()
      while (this.#lanes.isReady && !this.#stopping.signal.aborted) {
        const session = await port.session(this.#stopping.signal)
        const batches = this.#lanes.take()
        if (batches.length === 0) continue
        let lost: Error | undefined
        try {
          lost = await fly(session, batches, Date.now() + this.#options.produceTimeoutMs)
          if (lost !== undefined) port.retire(session, lost)
        } finally {
          this.#lanes.back(batches)
        }
        this.#onFlight({
          records: batches.reduce((sum, { entries }) => sum + entries.length, 0),
          batches: batches.length,
          ...(lost === undefined ? {} : { lost }),
        })
      }
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error
    } finally {
      this.#flying.delete(port)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    this.#tickets.settleAll({
      errorCode: restProxyErrors.kafkaRetriable.errorCode,
      error: 'The proxy is stopping; the record may be in the log or not.',
    })
    await Promise.all(this.#flying.values())
  }
}
