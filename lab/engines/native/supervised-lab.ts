import { join } from 'node:path'
import { LabError, type Profile } from '../../../contract/index.ts'
import { dependantsOf, graph, servicesOf, type ServiceName } from '../../graph.ts'
import { type EngineEvent, type ServiceStatus } from '../engine.ts'
import { labEnvironment } from './environment.ts'
import { LogFile } from './log-file.ts'
import { nativeServices, type LabSettings } from './services.ts'
import { SupervisedService } from './supervised-service.ts'

/** All services of a lab, started and stopped in the graph's order, as many at a time as it allows. */
export class SupervisedLab {
  readonly profile: Profile
  readonly #services: ReadonlyMap<ServiceName, SupervisedService>

  constructor(settings: LabSettings, onEvent: (event: EngineEvent) => void) {
    const { profile, home } = settings
    const natives = nativeServices(settings)
    this.profile = profile
    this.#services = new Map(
      servicesOf(profile).map((name) => {
        const log = new LogFile(join(home.logs, `${name}.log`))
        const env = labEnvironment(home, name)
        return [name, new SupervisedService({ name, profile, service: natives[name], env, log, onEvent })]
      }),
    )
  }

  /**
   * Starts what is not running; `names` must hold their dependencies.
   * @throws ServiceFailed of the first that does not come up; the others are left as they are
   */
  async start(names: readonly ServiceName[]): Promise<void> {
    const ready = new Map<ServiceName, Promise<void>>()
    const started = async (name: ServiceName): Promise<void> => {
      for (const dependency of graph[name].dependsOn) {
        if (this.service(dependency).state !== 'ready') this.service(name).waitFor(dependency)
        await ready.get(dependency)
      }
      await this.service(name).start()
    }
    for (const name of names) ready.set(name, started(name)) // in graph order: dependencies are in the map by then
    await Promise.all(ready.values())
  }

  /** Resolves when every process is gone: dependants first, then what they depend on. */
  async stop(): Promise<void> {
    const gone = new Map<ServiceName, Promise<void>>()
    const stopped = async (name: ServiceName): Promise<void> => {
      for (const dependant of dependantsOf(name)) await gone.get(dependant)
      await this.service(name).stop()
    }
    for (const name of [...this.#services.keys()].reverse()) gone.set(name, stopped(name))
    await Promise.all(gone.values())
  }

  async status(): Promise<ServiceStatus[]> {
    return Promise.all([...this.#services.values()].map(async (service) => service.status()))
  }

  service(name: ServiceName): SupervisedService {
    const service = this.#services.get(name)
    if (service) return service
    const { paths } = this.profile
    throw new LabError('LAB_USAGE', {
      what: `this lab runs no ${name}`,
      why: `its posts take the path ${paths.join(' and ')} only`,
      fix: 'make down, then make up PATHS=batch,stream',
    })
  }
}
