import { connectErrors } from '../../../contract/wire-errors.ts'
import { type Logger } from '../../runtime/log.ts'
import { type Config } from '../config.ts'
import { connectorClass } from '../settings/config-defs.ts'
import { checkConfig, connectorClasses } from '../settings/check-config.ts'
import { type ConnectorSettings, type RawConfig } from '../settings/settings.ts'
import { ConnectError } from './connect-error.ts'
import { Connector } from './connector.ts'
import { type KeptConnectors, RegistryFile, type TargetState } from './registry-file.ts'

export interface Registration {
  readonly name: string
  readonly config: RawConfig
  readonly target: TargetState
  /** Undefined when a kept configuration is no longer valid; `fault` then says why. */
  readonly running: Connector | undefined
  readonly fault?: string
}

/** The worker's connectors: each change is on disk before it is answered, and carried out one after the other. */
export class Registry implements AsyncDisposable {
  readonly #file: RegistryFile
  readonly #worker: Config
  readonly #log: Logger
  readonly #connectors = new Map<string, Registration>()
  #changes: Promise<unknown> = Promise.resolve()

  private constructor(file: RegistryFile, worker: Config, log: Logger) {
    this.#file = file
    this.#worker = worker
    this.#log = log
  }

  /** Starts every connector that was kept. @throws LabError LAB_STATE_BROKEN */
  static async open(worker: Config, log: Logger): Promise<Registry> {
    const file = new RegistryFile(worker.stateDir)
    const registry = new Registry(file, worker, log)
    for (const [name, { config, target }] of Object.entries(await file.load())) {
      const { settings, errors } = checkConfig(config)
      if (settings) registry.#run(name, config, target, settings)
      else {
        log.error({ connector: name, errors }, 'a kept connector is no longer valid')
        registry.#connectors.set(name, { name, config, target, running: undefined, fault: errors.join('\n') })
      }
    }
    return registry
  }

  names(): string[] {
    return [...this.#connectors.keys()].sort()
  }

  find(name: string): Registration | undefined {
    return this.#connectors.get(name)
  }

  get(name: string): Registration {
    const found = this.#connectors.get(name)
    if (!found) throw new ConnectError(connectErrors.notFound, name)
    return found
  }

  /** @throws ConnectError 409 when the name is taken, 400 naming every fault */
  async create(name: string, config: RawConfig): Promise<Registration> {
    return this.#change(async () => {
      const settings = validSettings(name, config)
      if (this.#connectors.has(name)) throw new ConnectError(connectErrors.exists, name)
      await this.#save(name, { config, target: 'RUNNING' })
      return this.#run(name, config, 'RUNNING', settings)
    })
  }

  /** Creates the connector, or gives it this configuration; its tasks begin anew. */
  async put(name: string, config: RawConfig): Promise<{ registration: Registration; isNew: boolean }> {
    return this.#change(async () => {
      const settings = validSettings(name, config)
      const held = this.#connectors.get(name)
      const target = held?.target ?? 'RUNNING'
      await this.#save(name, { config, target })
      await held?.running?.[Symbol.asyncDispose]()
      return { registration: this.#run(name, config, target, settings), isNew: held === undefined }
    })
  }

  async moveTo(name: string, target: TargetState): Promise<void> {
    await this.#change(async () => {
      const held = this.#connectors.get(name)
      if (!held) throw new ConnectError(connectErrors.unknownConnector, name)
      await this.#save(name, { config: held.config, target })
      await held.running?.moveTo(target)
      this.#connectors.set(name, { ...held, target })
    })
  }

  async delete(name: string): Promise<void> {
    await this.#change(async () => {
      const held = this.get(name)
      await this.#save(name, undefined)
      this.#connectors.delete(name)
      await held.running?.[Symbol.asyncDispose]()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#changes.catch(() => undefined)
    await Promise.all([...this.#connectors.values()].map(async ({ running }) => running?.[Symbol.asyncDispose]()))
  }

  #run(name: string, config: RawConfig, target: TargetState, settings: ConnectorSettings): Registration {
    const running = new Connector({ settings, target, worker: this.#worker, log: this.#log })
    const registration = { name, config, target, running }
    this.#connectors.set(name, registration)
    return registration
  }

  async #save(name: string, changed: KeptConnectors[string] | undefined): Promise<void> {
    const kept = Object.fromEntries([...this.#connectors].map(([key, { config, target }]) => [key, { config, target }]))
    const { [name]: _, ...others } = kept
    await this.#file.save(changed ? { ...others, [name]: changed } : others)
  }

  async #change<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#changes.catch(() => undefined).then(step)
    this.#changes = result
    return result
  }
}

function validSettings(name: string, config: RawConfig): ConnectorSettings {
  const givenClass = config['connector.class']
  if (givenClass === undefined) throw new ConnectError(connectErrors.noConnectorClass, name)
  if (!connectorClasses.includes(givenClass.trim())) {
    throw new ConnectError(connectErrors.unknownClass, givenClass, connectorClass)
  }
  const { settings, errors } = checkConfig(config)
  if (settings) return settings
  throw new ConnectError(connectErrors.invalidConfig, String(errors.length), errors.join('\n'))
}
