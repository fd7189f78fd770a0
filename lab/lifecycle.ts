/** `backing-off`: it crashed and waits to be started again. `failed`: it crashed too often and is left alone until asked for. */
export const serviceStates = ['stopped', 'starting', 'ready', 'backing-off', 'stopping', 'failed'] as const
export type ServiceState = (typeof serviceStates)[number]

/**
 * `start`, `stop`: asked for. `answered`: the first good probe. `exited`: the process is gone, or could not be made. `retry`: the
 * back-off is over. `gaveUp`: it crashed too often.
 */
export const serviceEvents = ['start', 'answered', 'exited', 'retry', 'gaveUp', 'stop'] as const
export type ServiceEvent = (typeof serviceEvents)[number]

/** Total: an event that means nothing in a state (late news of an old process) leaves it as it is. */
export const transitions: Readonly<Record<ServiceState, Readonly<Record<ServiceEvent, ServiceState>>>> = {
  stopped: {
    start: 'starting',
    answered: 'stopped',
    exited: 'stopped',
    retry: 'stopped',
    gaveUp: 'stopped',
    stop: 'stopped',
  },
  starting: {
    start: 'starting',
    answered: 'ready',
    exited: 'backing-off',
    retry: 'starting',
    gaveUp: 'failed',
    stop: 'stopping',
  },
  ready: {
    start: 'ready',
    answered: 'ready',
    exited: 'backing-off',
    retry: 'ready',
    gaveUp: 'failed',
    stop: 'stopping',
  },
  'backing-off': {
    start: 'backing-off',
    answered: 'backing-off',
    exited: 'backing-off',
    retry: 'starting',
    gaveUp: 'failed',
    stop: 'stopping',
  },
  stopping: {
    start: 'stopping',
    answered: 'stopping',
    exited: 'stopped',
    retry: 'stopping',
    gaveUp: 'stopping',
    stop: 'stopping',
  },
  failed: {
    start: 'starting',
    answered: 'failed',
    exited: 'failed',
    retry: 'failed',
    gaveUp: 'failed',
    stop: 'stopped',
  },
}

export const nextState = (state: ServiceState, event: ServiceEvent): ServiceState => transitions[state][event]

export interface RestartPolicy {
  readonly firstBackOffMs: number
  readonly maxBackOffMs: number
  /** This many crashes within `windowMs` and it is left alone. */
  readonly maxCrashes: number
  readonly windowMs: number
  /** The bound for a service that has never answered: waiting longer would only hide why. */
  readonly maxCrashesBeforeReady: number
}

export const restartPolicy: RestartPolicy = {
  firstBackOffMs: 200,
  maxBackOffMs: 5_000,
  maxCrashes: 8,
  windowMs: 60_000,
  maxCrashesBeforeReady: 3,
}

export interface CrashHistory {
  /** Times of its crashes, ascending, the newest is the one to decide on; same clock as `nowMs`. */
  readonly crashesMs: readonly number[]
  readonly nowMs: number
  readonly wasReady: boolean
}

export type AfterCrash = { readonly giveUp: true } | { readonly giveUp: false; readonly backOffMs: number }

/** Doubles the back-off with each crash within the window, up to its bound. */
export function afterCrash({ crashesMs, nowMs, wasReady }: CrashHistory, policy = restartPolicy): AfterCrash {
  const recent = crashesMs.filter((at) => nowMs - at < policy.windowMs).length
  if (recent >= (wasReady ? policy.maxCrashes : policy.maxCrashesBeforeReady)) return { giveUp: true }
  const doubled = policy.firstBackOffMs * 2 ** Math.max(0, recent - 1)
  return { giveUp: false, backOffMs: Math.min(policy.maxBackOffMs, doubled) }
}
