/** A blob in an answer in CBOR. */
export class Blob {
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

/** A time in an answer: epoch seconds in JSON, tag 1 around epoch milliseconds in CBOR. */
export class Timestamp {
  readonly epochMs: number
  constructor(epochMs: number) {
    this.epochMs = epochMs
  }
  toJSON(): number {
    return this.epochMs / 1_000
  }
}
