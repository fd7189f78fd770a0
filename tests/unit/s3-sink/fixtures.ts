import { type ObjectStore, type Upload } from '../../../services/s3-sink/write/object-store.ts'

/** A request to a store under test: it stays open until the test lets it happen or fail. */
export interface Request {
  readonly key: string
  /** The object comes to be, and the caller hears of it. */
  succeed(): void
  /** The object comes to be, and the caller never hears of it. */
  happenUnheard(): void
  fail(error: Error): void
}

/** A store whose every request is decided by the test; remembers each version of each object. */
export class ManualStore implements ObjectStore {
  readonly partSizeBytes: number
  readonly alwaysMultipart: boolean
  readonly requests: Request[] = []
  readonly objects = new Map<string, string>()
  /** Keys that were written with other bytes than before. */
  readonly changedKeys: string[] = []
  readonly partSizes: number[] = []

  constructor({ partSizeBytes = 1_000_000, alwaysMultipart = false } = {}) {
    this.partSizeBytes = partSizeBytes
    this.alwaysMultipart = alwaysMultipart
  }

  async put(key: string, bytes: Buffer): Promise<void> {
    await this.#request(key, () => {
      this.#store(key, bytes.toString())
    })
  }

  beginUpload(key: string): Upload {
    const parts: string[] = []
    return {
      addPart: async (bytes) => {
        this.partSizes.push(bytes.length)
        parts.push(bytes.toString('latin1'))
        await Promise.resolve()
      },
      complete: async () =>
        this.#request(key, () => {
          this.#store(key, Buffer.from(parts.join(''), 'latin1').toString())
        }),
    }
  }

  async #request(key: string, happen: () => void): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const drop = (): void => {
      this.requests.splice(this.requests.indexOf(request), 1)
    }
    const request: Request = {
      key,
      succeed: () => {
        drop()
        happen()
        resolve(undefined)
      },
      happenUnheard: () => {
        drop()
        happen()
      },
      fail: (error) => {
        drop()
        reject(error)
      },
    }
    this.requests.push(request)
    await promise
  }

  #store(key: string, text: string): void {
    const earlier = this.objects.get(key)
    if (earlier !== undefined && earlier !== text) this.changedKeys.push(key)
    this.objects.set(key, text)
  }
}

/** Lets everything that is ready to run, run. */
export const settled = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
