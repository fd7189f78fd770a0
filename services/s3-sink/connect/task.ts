import { Session, type SessionOptions } from '../write/session.ts'
import { traceOf } from '../write/record-error.ts'

export type TaskState = 'RUNNING' | 'FAILED' | 'PAUSED' | 'RESTARTING'

export interface TaskStatus {
  readonly id: number
  readonly state: TaskState
  /** Why it failed. */
  readonly trace?: string
}

export type SessionDefaults = Omit<SessionOptions, 'topics' | 'onFailure'>

/** One of a connector's tasks: a session in the consumer group while it has topics to read and has not failed. */
export class Task {
  readonly id: number
  readonly #session: SessionDefaults
  #state: TaskState = 'RUNNING'
  #trace: string | undefined
  #current: Session | undefined
  #changes: Promise<void> = Promise.resolve()

  constructor(id: number, session: SessionDefaults) {
    this.id = id
    this.#session = session
  }

  get status(): TaskStatus {
    return { id: this.id, state: this.#state, ...(this.#trace === undefined ? {} : { trace: this.#trace }) }
  }

  /** Reads these topics from now on, none when empty; resolves when the earlier session has ended. */
  async read(topics: readonly string[]): Promise<void> {
    await this.#change(async () => {
      await this.#endSession()
      if (topics.length > 0 && this.#state === 'RUNNING') this.#beginSession(topics)
    })
  }

  async pause(): Promise<void> {
    await this.#change(async () => {
      await this.#endSession()
      if (this.#state === 'RUNNING') this.#state = 'PAUSED'
    })
  }

  /** Begins anew, failed or not. */
  async restart(topics: readonly string[]): Promise<void> {
    this.#state = 'RESTARTING'
    await this.#change(async () => {
      await this.#endSession()
      this.#trace = undefined
      this.#state = 'RUNNING'
      if (topics.length > 0) this.#beginSession(topics)
    })
  }

  async stop(): Promise<void> {
    await this.#change(async () => this.#endSession())
  }

  #beginSession(topics: readonly string[]): void {
    const session = new Session({
      ...this.#session,
      topics,
      onFailure: (error) => {
        if (session === this.#current) this.#fail(error, topics)
      },
    })
    this.#current = session
    session.start()
  }

  #fail(error: unknown, topics: readonly string[]): void {
    if (isLostUpload(error)) {
      // the store forgot a half-finished upload (it was restarted): its records are read again
      void this.read(topics)
      return
    }
    this.#session.log.error({ taskId: this.id, err: error }, 'task failed')
    this.#state = 'FAILED'
    this.#trace = traceOf(error)
    void this.#change(async () => this.#endSession())
  }

  async #endSession(): Promise<void> {
    const session = this.#current
    this.#current = undefined
    await session?.close()
  }

  async #change(step: () => Promise<void>): Promise<void> {
    this.#changes = this.#changes.then(step)
    await this.#changes
  }
}

const isLostUpload = (error: unknown): boolean => error instanceof Error && error.name === 'NoSuchUpload'
