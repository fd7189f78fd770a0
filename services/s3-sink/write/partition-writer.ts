import { objectKey } from '../../../contract/index.ts'
import { endsBefore, isFull, type CutRules, type OpenFile } from './cut-files.ts'
import { type InFlight } from './in-flight.ts'
import { type ObjectStore, type Upload } from './object-store.ts'
import { OrderedSteps } from './ordered-steps.ts'

export interface WritableRecord {
  readonly offset: bigint
  readonly timestampMs: number
  /** Without its newline. */
  readonly line: string
}

export interface PartitionWriterOptions {
  readonly topic: string
  readonly partition: number
  readonly rules: CutRules
  readonly store: ObjectStore
  readonly inFlight: InFlight
  /** Everything before `offset` is stored, or skipped for good: the group may begin there. Called with growing offsets. */
  readonly onCommittable: (offset: bigint) => void
  /** The store gave up on an object; nothing after it becomes committable. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Turns one partition's records into objects. Files are cut by the records alone; several are stored at once, and their
 * offsets become committable in order, each only once its object and all before it are there. What is not yet a whole file is
 * never written: after a restart it is read again from its first offset. Memory: one open file, at most a part of it where
 * the store takes parts.
 */
export class PartitionWriter {
  readonly #options: PartitionWriterOptions
  readonly #steps: OrderedSteps
  #open: (OpenFile & { readonly content: Content }) | undefined

  constructor(options: PartitionWriterOptions) {
    this.#options = options
    this.#steps = new OrderedSteps(options)
  }

  /** Records of the file that is not yet ended. */
  get openRecords(): number {
    return this.#open?.records ?? 0
  }

  add(record: WritableRecord): void {
    const { rules } = this.#options
    if (this.#open && endsBefore(this.#open, record.timestampMs, rules)) this.#end(this.#open, record.offset)
    const open = this.#open ?? this.#begin(record)
    open.content.append(record.line)
    const grown = { ...open, records: open.records + 1 }
    this.#open = grown
    if (isFull(grown, rules)) this.#end(grown, record.offset + 1n)
  }

  /** A record that is not written. Its offset is passed only once `done` (its way to the dead letters) has ended well. */
  skip(offset: bigint, done: Promise<unknown>): void {
    this.#steps.add(this.#open ? undefined : offset + 1n, done)
  }

  #begin(record: WritableRecord): OpenFile & { readonly content: Content } {
    const { topic, partition, store, inFlight } = this.#options
    const key = objectKey(topic, partition, record.offset)
    return {
      startOffset: record.offset,
      baseTimestampMs: record.timestampMs,
      records: 0,
      content: new Content(key, store, inFlight),
    }
  }

  #end(file: { readonly content: Content }, nextOffset: bigint): void {
    this.#open = undefined
    this.#steps.add(nextOffset, file.content.finish())
  }
}

/** The bytes of one file on their way: gathered until the file ends, or handed over part by part once they exceed one. */
class Content {
  readonly #key: string
  readonly #store: ObjectStore
  readonly #inFlight: InFlight
  #lines: string[] = []
  /** Least bytes that the lines can take: UTF-16 units, one for each newline. */
  #leastBytes = 0
  #rest: Buffer = Buffer.alloc(0)
  #upload: Upload | undefined

  constructor(key: string, store: ObjectStore, inFlight: InFlight) {
    this.#key = key
    this.#store = store
    this.#inFlight = inFlight
  }

  append(line: string): void {
    this.#lines.push(line)
    this.#leastBytes += line.length + 1
    if (this.#rest.length + this.#leastBytes >= this.#store.partSizeBytes) this.#sendWholeParts()
  }

  finish(): Promise<void> {
    const bytes = this.#gathered()
    const upload = this.#upload
    const isPlain = upload === undefined && bytes.length < this.#store.partSizeBytes && !this.#store.alwaysMultipart
    const done = isPlain
      ? this.#store.put(this.#key, bytes)
      : this.#finishUpload(upload ?? this.#store.beginUpload(this.#key), bytes)
    this.#inFlight.add(bytes.length, done)
    return done
  }

  async #finishUpload(upload: Upload, bytes: Buffer): Promise<void> {
    const { partSizeBytes } = this.#store
    for (let from = 0; from < bytes.length; from += partSizeBytes) {
      await upload.addPart(bytes.subarray(from, from + partSizeBytes))
    }
    await upload.complete()
  }

  #sendWholeParts(): void {
    const { partSizeBytes } = this.#store
    this.#rest = this.#gathered()
    while (this.#rest.length >= partSizeBytes) {
      this.#upload ??= this.#store.beginUpload(this.#key)
      const part = this.#rest.subarray(0, partSizeBytes)
      this.#inFlight.add(part.length, this.#upload.addPart(part))
      this.#rest = Buffer.from(this.#rest.subarray(partSizeBytes))
    }
  }

  #gathered(): Buffer {
    const text = this.#lines.length === 0 ? '' : `${this.#lines.join('\n')}\n`
    this.#lines = []
    this.#leastBytes = 0
    const bytes = Buffer.from(text)
    return this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
  }
}
