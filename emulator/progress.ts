import {
  entityNames,
  isBatchAcknowledgement,
  pathNames,
  type Acknowledgement,
  type EntityName,
  type PathName,
} from '../contract/index.ts'

/** One of a post's records: three on each path of the run. */
export interface RecordId {
  readonly emission: number
  readonly path: PathName
  readonly entity: EntityName
}

const bitOf = (path: PathName, entity: EntityName): number =>
  1 << (pathNames.indexOf(path) * entityNames.length + entityNames.indexOf(entity))

export const pathOf = (line: Acknowledgement): PathName => (isBatchAcknowledgement(line) ? 'batch' : 'stream')

/**
 * Which records of a run are acknowledged. Posts are acknowledged nearly in order, so it holds a floor, below which all is
 * done, and the few posts above it: its size follows the requests in flight, not the posts of the run.
 */
export class RunProgress {
  /** The bits of a post of which every record is acknowledged. */
  readonly #complete: number
  #floor = 0
  readonly #above = new Map<number, number>()
  #posts = 0
  readonly #records: Record<PathName, number> = { batch: 0, stream: 0 }

  constructor(paths: readonly PathName[]) {
    this.#complete = paths
      .flatMap((path) => entityNames.map((entity) => bitOf(path, entity)))
      .reduce((bits, bit) => bits | bit, 0)
  }

  /** Posts of which the records of every path are acknowledged. */
  get posts(): number {
    return this.#posts
  }

  /** Of all paths. */
  get records(): number {
    return this.#records.batch + this.#records.stream
  }

  get recordsByPath(): Readonly<Record<PathName, number>> {
    return { ...this.#records }
  }

  /** Counts a record once, however often it is given. */
  add({ emission, path, entity }: RecordId): void {
    if (emission < this.#floor) return
    const before = this.#above.get(emission) ?? 0
    const after = before | bitOf(path, entity)
    if (after === before) return
    this.#records[path] += 1
    this.#above.set(emission, after)
    if (after !== this.#complete) return
    this.#posts += 1
    while (this.#above.get(this.#floor) === this.#complete) {
      this.#above.delete(this.#floor)
      this.#floor += 1
    }
  }

  isComplete(emission: number): boolean {
    return emission < this.#floor || this.#above.get(emission) === this.#complete
  }

  isMissing({ emission, path, entity }: RecordId): boolean {
    return emission >= this.#floor && ((this.#above.get(emission) ?? 0) & bitOf(path, entity)) === 0
  }
}
