import { LabError } from '../../contract/index.ts'

export interface Fault {
  readonly file: string
  /** 1-based line of the file where the row begins. */
  readonly line?: number
  readonly column?: string
  /** What stands there. */
  readonly value?: string
  /** What is wrong, or what was expected in its place. */
  readonly problem: string
}

const maxFaults = 20
const maxShownCharacters = 40

/** Gathers the first faults of an import, so that one run shows more than one of them. */
export class Faults {
  readonly #directory: string
  readonly #faults: Fault[] = []

  constructor(directory: string) {
    this.#directory = directory
  }

  get isFull(): boolean {
    return this.#faults.length >= maxFaults
  }

  get count(): number {
    return this.#faults.length
  }

  add(fault: Fault): void {
    if (!this.isFull) this.#faults.push(fault)
  }

  /** @throws LabError LAB_IMPORT_INVALID with every fault, one a line, when there is any. */
  throwIfAny(): void {
    if (this.#faults.length === 0) return
    const count = this.isFull ? `${String(maxFaults)} or more faults` : plural(this.#faults.length, 'fault')
    throw new LabError('LAB_IMPORT_INVALID', {
      what: `${this.#directory} cannot be imported, it has ${count}`,
      why: this.#faults.map(faultText).join('\n      '),
      fix: 'correct the files and import again; nothing was changed',
    })
  }
}

export const plural = (count: number, noun: string): string => `${String(count)} ${noun}${count === 1 ? '' : 's'}`

function faultText({ file, line, column, value, problem }: Fault): string {
  const place = [
    file,
    ...(line === undefined ? [] : [`line ${String(line)}`]),
    ...(column === undefined ? [] : [`column ${column}`]),
  ].join(', ')
  return value === undefined ? `${place}: ${problem}` : `${place}: ${shown(value)} is not ${problem}`
}

const shown = (value: string): string =>
  JSON.stringify(value.length > maxShownCharacters ? `${value.slice(0, maxShownCharacters)}…` : value)
