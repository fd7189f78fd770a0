import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { openStreams, type StreamsOptions } from '../../../services/kinesis/streams/open.ts'
import type { StoredRecord, Streams } from '../../../services/kinesis/streams/streams.ts'

export const accountId = '000000000000'
export const hourMs = 3_600_000

type Options = Partial<Omit<StreamsOptions, 'log' | 'now'>>

/** Opened streams in a folder of their own, with a clock that stands still until a test moves it. */
export class TestStore implements AsyncDisposable {
  nowMs = 1_795_571_596_063
  readonly logged: { readonly level: number; readonly msg: string; readonly [key: string]: unknown }[] = []
  readonly dataDir: string
  streams: Streams
  readonly #options: Options
  readonly #ownsFolder: boolean

  private constructor(dataDir: string, options: Options, ownsFolder: boolean) {
    this.dataDir = dataDir
    this.#options = options
    this.#ownsFolder = ownsFolder
    this.streams = undefined as unknown as Streams
  }

  /** @param options `dataDir`: a folder that is the caller's to remove */
  static async open(options: Options = {}): Promise<TestStore> {
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'pinlab-streams-')))
    const store = new TestStore(dataDir, options, options.dataDir === undefined)
    await store.#open()
    return store
  }

  async reopen(): Promise<void> {
    await this.streams[Symbol.asyncDispose]()
    await this.#open()
  }

  async #open(): Promise<void> {
    const write = (line: string): void => void this.logged.push(JSON.parse(line) as (typeof this.logged)[number])
    this.streams = await openStreams({
      accountId,
      fsync: 'never',
      enforceShardLimits: false,
      ...this.#options,
      dataDir: this.dataDir,
      log: pino({ messageKey: 'msg' }, { write }),
      now: () => this.nowMs,
    })
  }

  /** Puts texts with their own text as the partition key. @returns their sequence numbers */
  async put(name: string, ...texts: readonly string[]): Promise<string[]> {
    const outcomes = await this.streams.put(
      name,
      texts.map((text) => aRecord(text)),
    )
    return outcomes.map((outcome) => {
      if ('error' in outcome) throw new Error(outcome.message)
      return outcome.sequenceNumber
    })
  }

  /** Everything from an iterator on. */
  async readOn(iterator: string, limit = 10_000): Promise<StoredRecord[]> {
    const records: StoredRecord[] = []
    for (let next: string | undefined = iterator; next !== undefined;) {
      const page = await this.streams.read(next, limit)
      records.push(...page.records)
      next = page.records.length === 0 ? undefined : page.nextIterator
    }
    return records
  }

  async readShard(name: string, shardId: string, limit?: number): Promise<StoredRecord[]> {
    return await this.readOn(this.streams.iterator(name, shardId, { type: 'TRIM_HORIZON' }), limit)
  }

  /** Of every shard, in the order the shards were opened. */
  async readAll(name: string): Promise<StoredRecord[]> {
    const shards = this.streams.describe(name).shards
    const read = []
    for (const { shardId } of shards) read.push(...(await this.readShard(name, shardId)))
    return read
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.streams[Symbol.asyncDispose]()
    if (this.#ownsFolder) await rm(this.dataDir, { recursive: true })
  }
}

export const aRecord = (text: string, explicitHashKey?: bigint) => ({
  data: Buffer.from(text),
  partitionKey: text.slice(0, 256),
  explicitHashKey,
})

export const texts = (records: readonly { readonly data: Uint8Array }[]): string[] =>
  records.map(({ data }) => Buffer.from(data).toString())
