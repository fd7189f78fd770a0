import { randomUUID } from 'node:crypto'
import { setInterval } from 'node:timers/promises'
import { type Logger } from '../../runtime/log.ts'
import { Refused } from '../http/refused.ts'
import { ConsumerInstance, type InstanceContext } from './consumer-instance.ts'
import { type InstanceSettings } from './consumer-request.ts'

export interface RegistryOptions {
  readonly maxConsumers: number
  readonly consumerInstanceTimeoutMs: number
}

interface Registered {
  readonly instance: ConsumerInstance
  /** ms of the epoch; moved by each request. */
  idleAt: number
}

/** The consumer instances of this proxy, by group and name. One that nobody asks anything of is destroyed. */
export class ConsumerRegistry implements AsyncDisposable {
  readonly #options: RegistryOptions
  readonly #context: InstanceContext
  readonly #log: Logger
  readonly #instances = new Map<string, Registered>()
  readonly #closing = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  readonly #sweeping: Promise<void>

  constructor(options: RegistryOptions, context: InstanceContext, log: Logger) {
    this.#options = options
    this.#context = context
    this.#log = log
    this.#sweeping = this.#sweep()
  }

  /** @throws Refused consumerAlreadyExists, throttled */
  create(group: string, settings: InstanceSettings): ConsumerInstance {
    const name = settings.name ?? `rest-consumer-${randomUUID()}`
    const id = instanceId(group, name)
    if (this.#instances.has(id)) throw new Refused('consumerAlreadyExists')
    if (this.#instances.size >= this.#options.maxConsumers) {
      throw new Refused('throttled', `All ${String(this.#options.maxConsumers)} consumer instances are in use.`)
    }
    const instance = new ConsumerInstance(group, name, settings, this.#context)
    this.#instances.set(id, { instance, idleAt: this.#nextIdleAt() })
    return instance
  }

  /** @throws Refused consumerInstanceNotFound */
  get(group: string, name: string): ConsumerInstance {
    const registered = this.#instances.get(instanceId(group, name))
    if (registered === undefined) throw new Refused('consumerInstanceNotFound')
    registered.idleAt = this.#nextIdleAt()
    return registered.instance
  }

  /** @throws Refused consumerInstanceNotFound */
  async destroy(group: string, name: string): Promise<void> {
    const instance = this.get(group, name)
    this.#instances.delete(instanceId(group, name))
    await instance[Symbol.asyncDispose]()
  }

  #nextIdleAt(): number {
    return Date.now() + this.#options.consumerInstanceTimeoutMs
  }

  async #sweep(): Promise<void> {
    const everyMs = Math.min(1_000, this.#options.consumerInstanceTimeoutMs)
    try {
      for await (const _ of setInterval(everyMs, undefined, { signal: this.#stopping.signal, ref: false })) {
        for (const [id, { instance, idleAt }] of this.#instances) {
          if (idleAt > Date.now()) continue
          this.#instances.delete(id)
          this.#log.info({ group: instance.group, instance: instance.name }, 'idle consumer instance destroyed')
          this.#close(instance)
        }
      }
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error
    }
  }

  #close(instance: ConsumerInstance): void {
    const closed = instance[Symbol.asyncDispose]()
      .catch((error: unknown) => {
        this.#log.warn({ err: error, group: instance.group }, 'consumer instance did not close in order')
      })
      .finally(() => this.#closing.delete(closed))
    this.#closing.add(closed)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    await this.#sweeping
    for (const { instance } of this.#instances.values()) this.#close(instance)
    this.#instances.clear()
    await Promise.all(this.#closing)
  }
}

const instanceId = (group: string, name: string): string => JSON.stringify([group, name])
