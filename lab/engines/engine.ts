import { LabError, type Credentials, type LabErrorCode, type LabErrorText, type Profile } from '../../contract/index.ts'
import { type ServiceName } from '../graph.ts'
import { type LabHome } from '../home.ts'
import { type ServiceState } from '../lifecycle.ts'

/** A service changed its state, or began to wait for something. */
export interface EngineEvent {
  readonly service: ServiceName
  readonly state: ServiceState
  /** Since the service was asked to start (or stop). */
  readonly elapsedMs: number
  /** What it waits for, in words: another service, or the answer that makes it ready. */
  readonly waitingFor?: string
}

export interface ServiceStatus {
  readonly name: ServiceName
  readonly state: ServiceState
  readonly pid?: number
  readonly port?: number
  readonly url?: string
  /** Memory that is in RAM now, of the service's process and those that it started. */
  readonly memoryBytes?: number
  /** Crashes it came back from since the lab was started. */
  readonly restarts?: number
  /** Since it became ready. */
  readonly uptimeMs?: number
}

export interface StartOptions {
  readonly profile: Profile
  readonly credentials: Credentials
  readonly home: LabHome
  /** Aborting it stops all that was started; the start then rejects with LAB_INTERRUPTED. */
  readonly signal: AbortSignal
  readonly onEvent?: (event: EngineEvent) => void
  /** Only these and what they depend on; all when undefined. */
  readonly services?: readonly ServiceName[]
}

/** Until it is detached the lab lives and dies with the process that started it; disposal then stops the lab. */
export interface StartedLab extends AsyncDisposable {
  /** From here on the lab runs until it is stopped; disposal does nothing more. Idempotent. */
  detach(): Promise<void>
}

export interface LogOptions {
  readonly home: LabHome
  /** One service, its lines as they are; all services, each line led by its service's name, when undefined. */
  readonly service?: string
  /** How many past lines of each service. */
  readonly lines: number
  /** Goes on with new lines until the signal is aborted. */
  readonly follow: boolean
  readonly signal: AbortSignal
}

/** How the boxes are run. Every state it tells is read from the processes, never from a file. */
export interface Engine {
  /**
   * Resolves when every service answers real requests and the topics, bucket, accounts and connector are there. A lab that
   * runs with the same profile is left running, its stopped and failed services are started again.
   * @throws LabError LAB_ALREADY_RUNNING (another profile), LAB_PORT_TAKEN, LAB_DISK_FULL, LAB_STATE_BROKEN, LAB_INTERRUPTED,
   *   or ServiceFailed
   */
  start(options: StartOptions): Promise<StartedLab>
  /** Every service of the lab, running or not. */
  status(home: LabHome): Promise<ServiceStatus[]>
  /** Stops all in reverse order and takes away what a killed lab left behind. Idempotent; data stay. */
  stop(options: {
    readonly home: LabHome
    readonly signal: AbortSignal
    readonly onEvent?: (event: EngineEvent) => void
  }): Promise<void>
  /** @throws LabError LAB_NOT_RUNNING, LAB_USAGE (no such service) or ServiceFailed; so do the next two */
  restart(home: LabHome, service: string): Promise<void>
  /** Starts what the service depends on too. */
  startService(home: LabHome, service: string): Promise<void>
  stopService(home: LabHome, service: string): Promise<void>
  /** @throws LabError LAB_USAGE (no such service) */
  logs(options: LogOptions): AsyncIterable<string>
}

/** A service did not come up, with the last lines it logged. */
export class ServiceFailed extends LabError {
  readonly lastLogLines: readonly string[]

  constructor(code: LabErrorCode, text: LabErrorText, lastLogLines: readonly string[]) {
    super(code, text)
    this.name = 'ServiceFailed'
    this.lastLogLines = lastLogLines
  }
}
