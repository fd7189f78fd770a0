import { TokenBucket } from './token-bucket.ts'

const mebibyte = 1_048_576

/** What AWS gives one shard of a provisioned stream: "Quotas and limits" of the Kinesis Data Streams developer guide. */
export class ShardLimits {
  readonly #recordsIn = new TokenBucket({ capacity: 1_000, perSecond: 1_000 })
  readonly #bytesIn = new TokenBucket({ capacity: mebibyte, perSecond: mebibyte })
  readonly #callsOut = new TokenBucket({ capacity: 5, perSecond: 5 })
  readonly #bytesOut = new TokenBucket({ capacity: 2 * mebibyte, perSecond: 2 * mebibyte })

  /** @param bytes of the data and the partition key */
  admitsRecord(bytes: number, nowMs: number): boolean {
    if (!this.#recordsIn.admits(1, nowMs) || !this.#bytesIn.admits(bytes, nowMs)) return false
    this.#recordsIn.take(1)
    this.#bytesIn.take(bytes)
    return true
  }

  admitsRead(nowMs: number): boolean {
    if (!this.#callsOut.admits(1, nowMs) || !this.#bytesOut.admits(1, nowMs)) return false
    this.#callsOut.take(1)
    return true
  }

  /** After a read, which is known by its size only then. */
  readBytes(bytes: number): void {
    this.#bytesOut.take(bytes)
  }
}
