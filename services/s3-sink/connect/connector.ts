import { kafkaClient, type Kafka } from '../../../clients/kafka.ts'
import { s3Client, type S3Client } from '../../../clients/s3.ts'
import { type Logger } from '../../runtime/log.ts'
import { type Config } from '../config.ts'
import { type ConnectorSettings } from '../settings/settings.ts'
import { DeadLetters } from '../write/dead-letters.ts'
import { S3ObjectStore } from '../write/object-store.ts'
import { kafkaLog } from './kafka-log.ts'
import { type TargetState } from './registry-file.ts'
import { Task, type TaskStatus } from './task.ts'
import { watchTopics } from './topic-watch.ts'

export interface ConnectorOptions {
  readonly settings: ConnectorSettings
  readonly target: TargetState
  readonly worker: Config
  readonly log: Logger
}

/** Short, as whatever uses the client tries again by itself, and a stop need not wait for it. */
const clientRetry = { initialRetryTime: 100, maxRetryTime: 500, retries: 2 }

export const groupIdOf = (connectorName: string): string => `connect-${connectorName}`

/** A running connector: its tasks, and the watch over the topics they read. */
export class Connector implements AsyncDisposable {
  readonly settings: ConnectorSettings
  readonly #worker: Config
  readonly #log: Logger
  readonly #kafka: Kafka
  readonly #s3: S3Client
  readonly #closing = new AbortController()
  readonly #activeTopics = new Set<string>()
  readonly #watching: Promise<void>
  #topics: readonly string[] = []
  #target: TargetState
  #tasks: readonly Task[]

  constructor({ settings, target, worker, log }: ConnectorOptions) {
    this.settings = settings
    this.#worker = worker
    this.#log = log.child({ connector: settings.name })
    this.#target = target
    this.#kafka = kafkaClient({
      brokers: worker.brokers,
      clientId: `connector-consumer-${settings.name}`,
      logCreator: kafkaLog(this.#log),
      overrides: { retry: clientRetry },
    })
    const { store } = settings
    this.#s3 = s3Client({
      endpoint: store.endpoint ?? worker.s3.endpoint,
      region: store.region ?? worker.s3.region,
      accessKeyId: store.accessKeyId ?? worker.s3.accessKeyId,
      secretAccessKey: store.secretAccessKey ?? worker.s3.secretAccessKey,
      maxAttempts: store.retries + 1,
    })
    this.#tasks = target === 'STOPPED' ? [] : this.#newTasks()
    if (target === 'PAUSED') for (const task of this.#tasks) void task.pause()
    this.#watching = this.#watch()
  }

  get target(): TargetState {
    return this.#target
  }

  get tasks(): readonly TaskStatus[] {
    return this.#tasks.map(({ status }) => status)
  }

  /** Topics that records came from since the start, or since the last reset. */
  get activeTopics(): readonly string[] {
    return [...this.#activeTopics].sort()
  }

  resetActiveTopics(): void {
    this.#activeTopics.clear()
  }

  async moveTo(target: TargetState): Promise<void> {
    if (target === this.#target) return
    this.#target = target
    if (target === 'PAUSED') {
      if (this.#tasks.length === 0) this.#tasks = this.#newTasks()
      await Promise.all(this.#tasks.map(async (task) => task.pause()))
    } else if (target === 'STOPPED') {
      const tasks = this.#tasks
      this.#tasks = []
      await Promise.all(tasks.map(async (task) => task.stop()))
    } else {
      if (this.#tasks.length === 0) this.#tasks = this.#newTasks()
      const paused = this.#tasks.filter(({ status }) => status.state !== 'FAILED')
      await Promise.all(paused.map(async (task) => task.restart(this.#topics)))
    }
  }

  /** Begins the chosen tasks anew; does nothing while the connector is paused or stopped. */
  restart(isChosen: (task: TaskStatus) => boolean): void {
    if (this.#target !== 'RUNNING') return
    for (const task of this.#tasks) if (isChosen(task.status)) void task.restart(this.#topics)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    await Promise.all([...this.#tasks.map(async (task) => task.stop()), this.#watching])
    this.#s3.destroy()
  }

  async #watch(): Promise<void> {
    await watchTopics({
      kafka: this.#kafka,
      isWanted: this.settings.isWanted,
      intervalMs: this.#worker.topicRefreshMs,
      log: this.#log,
      signal: this.#closing.signal,
      onChange: (topics) => {
        this.#log.info({ topics }, 'topics to read')
        this.#topics = topics
        if (this.#target === 'RUNNING') for (const task of this.#tasks) void task.read(topics)
      },
    })
  }

  #newTasks(): Task[] {
    return Array.from({ length: this.settings.tasksMax }, (_, id) => this.#newTask(id))
  }

  #newTask(id: number): Task {
    const { settings } = this
    const { name, store, deadLetters } = settings
    const log = this.#log.child({ taskId: id })
    return new Task(id, {
      settings,
      groupId: groupIdOf(name),
      sessionTimeoutMs: this.#worker.sessionTimeoutMs,
      kafka: this.#kafka,
      storeFor: (signal) => new S3ObjectStore({ client: this.#s3, ...store, log, signal }),
      openDeadLetters:
        deadLetters && settings.skipsErrors
          ? async () =>
              DeadLetters.open(this.#kafka, { settings: deadLetters, source: { connector: name, taskId: id }, log })
          : undefined,
      log,
      onTopic: (topic) => this.#activeTopics.add(topic),
    })
  }
}
