/** Lets pieces of work with a key in common go one after the other, in the order in which they came; the others at once. */
export class KeyOrder {
  readonly #last = new Map<string, Promise<void>>()

  /**
   * The order is that of the calls. Once a piece of work has failed, none with one of its keys begins any more: it rejects with
   * the same error, since a later record would overtake one that is not stored.
   */
  async run(keys: ReadonlySet<string>, work: () => Promise<void>): Promise<void> {
    const before = new Set<Promise<void>>()
    for (const key of keys) {
      const last = this.#last.get(key)
      if (last) before.add(last)
    }
    const done = before.size === 0 ? work() : Promise.all(before).then(work)
    for (const key of keys) this.#last.set(key, done)
    await done
    for (const key of keys) if (this.#last.get(key) === done) this.#last.delete(key)
  }
}
