import { setImmediate } from 'node:timers/promises'
import { restProxyErrors } from '../../../contract/wire-errors.ts'
import { type Entry, type Outcome, recordBytes } from './entry.ts'
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
 * Sends what arrives, one flight at a time: while a flight is under way arriving records gather for the next. Answers are
 * never earlier than the broker's acknowledgement and never later than `produceTimeoutMs`.
 */
export class Dispatcher implements AsyncDisposable {
  readonly #port: ProducerPort
  readonly #options: DispatcherOptions
  readonly #lanes: Lanes
  readonly #tickets: TicketQueue
  readonly #onFlight: (report: FlightReport) => void
  readonly #stopping = new AbortController()
  #flying: Promise<void> | undefined

  constructor(port: ProducerPort, options: DispatcherOptions, onFlight: (report: FlightReport) => void) {
    this.#port = port
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
    this.#flying ??= this.#fly()
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
    return {
      topic,
      partition,
      key,
      value,
      bytes: recordBytes(key, value),
      get isSettled() {
        return ticket.isSettled(at)
      },
      settle: (outcome) => {
        ticket.settle(at, outcome)
      },
    }
  }

  async #fly(): Promise<void> {
    try {
      // What arrived in the same turn of the event loop goes together.
      await setImmediate()
      while (!this.#lanes.isEmpty && !this.#stopping.signal.aborted) {
        const session = await this.#port.session(this.#stopping.signal)
        const batches = this.#lanes.take()
        if (batches.length === 0) continue
        const lost = await fly(session, batches, Date.now() + this.#options.produceTimeoutMs)
        if (lost !== undefined) this.#port.retire(session, lost)
        this.#onFlight({
          records: batches.reduce((sum, { entries }) => sum + entries.length, 0),
          batches: batches.length,
          ...(lost === undefined ? {} : { lost }),
        })
      }
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error
    } finally {
      this.#flying = undefined
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    this.#tickets.settleAll({
      errorCode: restProxyErrors.kafkaRetriable.errorCode,
      error: 'The proxy is stopping; the record may be in the log or not.',
    })
    await this.#flying
  }
}
