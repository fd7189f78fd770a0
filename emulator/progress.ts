import { entityNames, type Acknowledgement, type EntityName } from '../contract/index.ts'

const bitOf: Readonly<Record<EntityName, number>> = { pin: 1, geo: 2, user: 4 }
const complete = 7

/**
 * Which records of a run are acknowledged. Posts are acknowledged nearly in order, so it holds a floor, below which all is
 * done, and the few posts above it: its size follows the requests in flight, not the posts of the run.
 */
export class RunProgress {
  #floor = 0
  readonly #above = new Map<number, number>()
  #posts = 0
  #records = 0

  /** Posts of which all three records are acknowledged. */
  get posts(): number {
    return this.#posts
  }

  get records(): number {
    return this.#records
  }

  /** Counts a record once, however often it is given. */
  add({ emission, entity }: Pick<Acknowledgement, 'emission' | 'entity'>): void {
    if (emission < this.#floor) return
    const before = this.#above.get(emission) ?? 0
    const after = before | bitOf[entity]
    if (after === before) return
    this.#records += 1
    this.#above.set(emission, after)
    if (after !== complete) return
    this.#posts += 1
    while (this.#above.get(this.#floor) === complete) {
      this.#above.delete(this.#floor)
      this.#floor += 1
    }
  }

  /** The entities of a post that are not acknowledged yet, in the order they are sent. */
  missing(emission: number): readonly EntityName[] {
    if (emission < this.#floor) return []
    const done = this.#above.get(emission)
    return done === undefined ? entityNames : entityNames.filter((entity) => (done & bitOf[entity]) === 0)
  }
}
