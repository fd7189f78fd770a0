import { setTimeout as delay } from 'node:timers/promises'
import { type EngineEvent, type ServiceFailed, type ServiceStatus } from '../engine.ts'
import { graph, type ServiceName } from '../../graph.ts'
import { afterCrash, nextState, type RestartPolicy, type ServiceEvent, type ServiceState } from '../../lifecycle.ts'
import { type Profile } from '../../../contract/index.ts'
import { assertPortsFree } from '../../ports.ts'
import { failureOf } from './failure.ts'
import { type LogFile } from './log-file.ts'
import { ProcessExited, spawnProcess, untilReady, type RunningProcess } from './processes/spawn.ts'
import { type ProcessOutcome } from './processes/spec.ts'
import { memoryBytesOf } from './proc.ts'
import { type NativeService } from './services.ts'

export interface SupervisedServiceOptions {
  readonly name: ServiceName
  readonly profile: Profile
  readonly service: NativeService
  readonly env: NodeJS.ProcessEnv
  readonly log: LogFile
  readonly onEvent: (event: EngineEvent) => void
  /** `restartPolicy` when undefined. */
  readonly policy?: RestartPolicy
}

/** One start, from being asked for to the end of its last process. */
interface Run {
  readonly stop: AbortController
  readonly over: Promise<void>
}

/** Keeps one process running: starts it, sees it ready, starts it again after a crash, gives up when that does not help. */
export class SupervisedService {
  readonly name: ServiceName
  readonly #options: SupervisedServiceOptions
  #state: ServiceState = 'stopped'
  #run: Run | undefined
  /** Of the state to come: resolves at the next good answer, rejects when it gives up or is stopped before. */
  #ready = quietPromise()
  #process: RunningProcess | undefined
  #provisioned = false
  #wasReady = false
  #crashesMs: number[] = []
  #restarts = 0
  #askedAtMs = 0
  #readyAtMs = 0

  constructor(options: SupervisedServiceOptions) {
    this.name = options.name
    this.#options = options
  }

  get state(): ServiceState {
    return this.#state
  }

  /** Says that it waits for a dependency before it is started. */
  waitFor(dependency: ServiceName): void {
    if (this.#state === 'stopped') this.#say(dependency)
  }

  /**
   * Resolves when it is ready; at once when it already is.
   * @throws ServiceFailed
   */
  async start(): Promise<void> {
    if (this.#state === 'stopping') await this.#run?.over
    if (this.#state === 'stopped' || this.#state === 'failed') {
      this.#askedAtMs = performance.now()
      this.#crashesMs = []
      this.#wasReady = false
      this.#ready = quietPromise()
      const stop = new AbortController()
      this.#run = { stop, over: this.#keepRunning(stop.signal) }
    }
    await this.#ready.promise
  }

  /** Resolves when its process is gone. Idempotent. */
  async stop(): Promise<void> {
    const run = this.#run
    if (run === undefined) return
    this.#askedAtMs = performance.now()
    this.#apply('stop')
    run.stop.abort(new Error(`${this.name} was stopped`))
    await run.over
  }

  async status(): Promise<ServiceStatus> {
    const pid = this.#process?.pid
    const { port, url } = graph[this.name]
    const memoryBytes = pid === undefined ? undefined : await memoryBytesOf(pid)
    return {
      name: this.name,
      state: this.#state,
      port: port(this.#options.profile),
      url: url(this.#options.profile),
      restarts: this.#restarts,
      ...(pid === undefined ? {} : { pid }),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      ...(this.#state === 'ready' ? { uptimeMs: Math.round(performance.now() - this.#readyAtMs) } : {}),
    }
  }

  async #keepRunning(stop: AbortSignal): Promise<void> {
    const { service, log } = this.#options
    this.#apply('start', service.spec.readiness)
    for (;;) {
      const failure = await this.#runOnce(stop)
      if (stop.aborted) break
      this.#crashesMs.push(performance.now())
      log.write(`[lab] ${this.name}: ${failure.why}`)
      const history = { crashesMs: this.#crashesMs, nowMs: performance.now(), wasReady: this.#wasReady }
      const next = afterCrash(history, this.#options.policy)
      if (next.giveUp || (!this.#wasReady && !failure.retryable)) {
        log.write(`[lab] ${this.name} is left alone now: it ended ${String(this.#crashesMs.length)} times in a row`)
        this.#apply('gaveUp')
        this.#ready.reject(failure)
        return
      }
      this.#apply('exited', `the next try in ${String(next.backOffMs / 1_000)} s`)
      if (!(await paused(next.backOffMs, stop))) break
      this.#restarts += 1
      this.#apply('retry', service.spec.readiness)
    }
    this.#ready.reject(stop.reason)
    this.#apply('exited')
  }

  /** Starts the process, sees it ready and waits for its end. Never rejects. */
  async #runOnce(stop: AbortSignal): Promise<ServiceFailed> {
    const { service, env, log } = this.#options
    const { spec } = service
    let wasReady = false
    let failure: unknown
    try {
      await spec.prepare(stop)
      stop.throwIfAborted()
      await assertPortsFree(spec.ports.map((port) => ({ service: spec.name, port })))
      this.#process = await spawnProcess(spec, env, (line) => {
        log.write(line)
      })
      await untilReady(spec, this.#process, stop)
      await this.#provision(this.#process, stop)
      wasReady = true
      this.#becameReady()
      await Promise.race([this.#process.exited, aborted(stop)])
    } catch (error) {
      failure = error
    }
    const exit = await this.#process?.stop()
    this.#process = undefined
    if (wasReady) this.#ready = quietPromise()
    await this.#afterExit({ wasReady, orderly: stop.aborted && exit?.signal !== 'SIGKILL' })
    return failureOf(spec, log, failure ?? new ProcessExited(spec.name, exit ?? { code: null, signal: null }))
  }

  async #provision(running: RunningProcess, stop: AbortSignal): Promise<void> {
    const { spec, provision } = this.#options.service
    if (provision === undefined || this.#provisioned) return
    await untilReady({ ...spec, probe: provision }, running, stop)
    this.#provisioned = true
  }

  async #afterExit(outcome: ProcessOutcome): Promise<void> {
    try {
      await this.#options.service.spec.afterExit?.(outcome)
    } catch (error) {
      this.#options.log.write(`[lab] ${this.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  #becameReady(): void {
    this.#wasReady = true
    this.#readyAtMs = performance.now()
    this.#apply('answered')
    this.#ready.resolve(undefined)
  }

  #apply(event: ServiceEvent, waitingFor?: string): void {
    const before = this.#state
    this.#state = nextState(before, event)
    if (this.#state !== before) this.#say(waitingFor)
  }

  #say(waitingFor?: string): void {
    this.#options.onEvent({
      service: this.name,
      state: this.#state,
      elapsedMs: Math.round(performance.now() - this.#askedAtMs),
      ...(waitingFor === undefined ? {} : { waitingFor }),
    })
  }
}

/** Its rejection may stay unseen: after the first start nobody need be waiting. */
function quietPromise(): PromiseWithResolvers<undefined> {
  const promise = Promise.withResolvers<undefined>()
  promise.promise.catch(() => undefined)
  return promise
}

/** False when the pause was cut short. */
async function paused(durationMs: number, stop: AbortSignal): Promise<boolean> {
  await delay(durationMs, undefined, { signal: stop }).catch(() => undefined)
  return !stop.aborted
}

const aborted = async (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve()
        },
        { once: true },
      )
  })
