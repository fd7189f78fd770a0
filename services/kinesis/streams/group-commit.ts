/** Bytes after which a group is closed to more entries; one entry may be larger. */
const maxGroupBytes = 4_194_304

export interface Group<Entry> {
  readonly entries: Entry[]
  /** Of all entries together. */
  bytes: number
  /** The error of the write that failed, or undefined once all of the group is stored. Never rejects. */
  readonly stored: Promise<unknown>
  readonly settle: (error: unknown) => void
}

type Task = () => Promise<void>

/**
 * One writer of a file: what arrives while a write is under way goes out together in the next one, and tasks that must not meet a write
 * take their turn between them.
 */
export class GroupCommit<Entry> {
  readonly #write: (group: Group<Entry>) => Promise<unknown>
  readonly #queue: (Group<Entry> | Task)[] = []
  #isRunning = false

  /** @param write stores a group or rejects */
  constructor(write: (group: Group<Entry>) => Promise<void>) {
    this.#write = write
  }

  /** Puts an entry into the group that goes out next, which `flush` sets off. */
  add(entry: Entry, bytes: number): Group<Entry> {
    let group = this.#queue.at(-1)
    if (group === undefined || typeof group === 'function' || group.bytes + bytes > maxGroupBytes) {
      const { promise, resolve } = Promise.withResolvers<unknown>()
      group = { entries: [], bytes: 0, stored: promise, settle: resolve }
      this.#queue.push(group)
    }
    group.entries.push(entry)
    group.bytes += bytes
    return group
  }

  flush(): void {
    if (!this.#isRunning) void this.#run()
  }

  /** Runs `task` after every write asked for so far and before any later one. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#queue.push(() => task().then(resolve, reject))
    this.flush()
    return promise
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (typeof next === 'function') await next()
      else next.settle(await this.#write(next).catch((error: unknown) => error))
    }
    this.#isRunning = false
  }
}
