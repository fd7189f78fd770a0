import { type Batch } from '../../../services/rest-proxy/produce/entry.ts'
import {
  ProduceFailure,
  type ProducerPort,
  type ProducerSession,
} from '../../../services/rest-proxy/produce/producer-port.ts'

export interface ModelOptions {
  /** What happens to the n-th request: nothing, lost before or after the broker wrote it. */
  readonly fault?: (request: number) => 'before' | 'after' | undefined
  readonly maxBatchBytes?: number
}

/**
 * A broker and its idempotent producers in memory, with what matters here: batches of one request succeed and fail apart, a repeated
 * sequence number is answered with the offset it got, and an error hides what was written.
 */
export class BrokerModel implements ProducerPort {
  readonly logs = new Map<string, string[]>()
  readonly requests: Batch[][] = []
  readonly #options: ModelOptions
  #session: ModelSession | undefined
  sessions = 0

  constructor(options: ModelOptions = {}) {
    this.#options = options
  }

  session(): Promise<ProducerSession> {
    this.#session ??= this.open()
    return Promise.resolve(this.#session)
  }

  open(): ModelSession {
    this.sessions += 1
    return new ModelSession(this)
  }

  retire(session: ProducerSession): void {
    if (session === this.#session) this.#session = undefined
  }

  /** @throws ProduceFailure as the client library reports the first error of a response */
  receive(batches: readonly Batch[], session: ModelSession): bigint[] {
    const fault = this.#options.fault?.(this.requests.length)
    this.requests.push([...batches])
    if (fault === 'before') throw new ProduceFailure('unknown', 'connection lost', { isRetriable: true })
    const offsets = batches.map((batch) => this.#append(batch, session))
    if (fault === 'after') throw new ProduceFailure('unknown', 'connection lost', { isRetriable: true })
    if (offsets.includes(undefined)) {
      throw new ProduceFailure('rejected', 'too large', { isRetriable: false, isTooLarge: true })
    }
    for (const batch of batches) session.advance(batch)
    return offsets as bigint[]
  }

  #append({ topic, partition, entries }: Batch, session: ModelSession): bigint | undefined {
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0)
    if (bytes > (this.#options.maxBatchBytes ?? Number.POSITIVE_INFINITY)) return undefined
    const name = `${topic}/${String(partition)}`
    const repeated = session.written(name, entries.length)
    if (repeated !== undefined) return repeated
    const log = this.logs.get(name) ?? []
    this.logs.set(name, log)
    const offset = BigInt(log.length)
    log.push(...entries.map(({ value }) => String(value)))
    session.remember(name, entries.length, offset)
    return offset
  }
}

export class ModelSession implements ProducerSession {
  readonly #broker: BrokerModel
  readonly #sequence = new Map<string, number>()
  readonly #written = new Map<string, bigint>()

  constructor(broker: BrokerModel) {
    this.#broker = broker
  }

  async send(batches: readonly Batch[]): Promise<bigint[]> {
    await Promise.resolve()
    return this.#broker.receive(batches, this)
  }

  #id(name: string, count: number): string {
    return `${name}@${String(this.#sequence.get(name) ?? 0)}+${String(count)}`
  }

  written(name: string, count: number): bigint | undefined {
    return this.#written.get(this.#id(name, count))
  }

  remember(name: string, count: number, offset: bigint): void {
    this.#written.set(this.#id(name, count), offset)
  }

  advance({ topic, partition, entries }: Batch): void {
    const name = `${topic}/${String(partition)}`
    this.#sequence.set(name, (this.#sequence.get(name) ?? 0) + entries.length)
  }
}
