import { join } from 'node:path'
import { kinesisLimits } from '../../../contract/limits.ts'
import { KinesisError } from '../kinesis-error.ts'
import type { IteratorTokens } from './iterator-token.ts'
import { shardIdOf, shardIndexOf } from './shard-id.ts'
import { mergePlan, scalePlan, splitPlan } from './shard-plans.ts'
import type { Refusals } from './refusals.ts'
import type { Shards } from './reshard.ts'
import { StoredStream, type StoredStreamContext } from './stored-stream.ts'
import type {
  IteratorPosition,
  PutOutcome,
  RecordsPage,
  RecordToPut,
  ShardDescription,
  StreamDescription,
  Streams,
} from './streams.ts'

/** GetShardIterator of the API reference. */
const iteratorLifeMs = 300_000
/** GetRecords of the API reference. */
const maxReadBytes = 10_485_760

export interface StreamStoreOptions extends StoredStreamContext {
  /** Holds one folder a stream. */
  readonly folder: string
  readonly tokens: IteratorTokens
  /** Between two deletions of expired records. */
  readonly sweepIntervalMs: number
}

/** The streams of the account, each in its folder. */
export class StreamStore implements Streams {
  readonly #options: StreamStoreOptions
  readonly #streams: Map<string, StoredStream>
  readonly #sweep: NodeJS.Timeout
  /** Part of a folder's name, so that names which differ by case only have folders of their own wherever this runs. */
  #nextCreatedAtMs: number

  constructor(options: StreamStoreOptions, streams: readonly StoredStream[]) {
    this.#options = options
    this.#streams = new Map(streams.map((stream) => [stream.name, stream]))
    this.#nextCreatedAtMs = Math.max(0, ...streams.map(({ createdAtMs }) => createdAtMs + 1))
    this.#sweep = setInterval(() => void this.expire(), options.sweepIntervalMs).unref()
  }

  list(): readonly StreamDescription[] {
    return [...this.#streams.values()].map((stream) => stream.describe()).sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  describe(name: string): StreamDescription {
    return this.#stream(name).describe()
  }

  async create(name: string, shardCount: number, tags: Readonly<Record<string, string>> = {}): Promise<void> {
    const { refusals, folder, now } = this.#options
    if (this.#streams.has(name)) throw refusals.streamExists(name)
    const createdAtMs = Math.max(now(), this.#nextCreatedAtMs)
    this.#nextCreatedAtMs = createdAtMs + 1
    const streamFolder = join(folder, `${name}@${String(createdAtMs)}`)
    const stream = StoredStream.plan(streamFolder, { name, shardCount, tags, createdAtMs }, this.#options)
    this.#streams.set(name, stream)
    try {
      await stream.create()
    } catch (error) {
      this.#streams.delete(name)
      throw this.#failure(error, name)
    }
  }

  async delete(name: string): Promise<void> {
    const stream = this.#stream(name)
    if (stream.describe().status !== 'UPDATING') stream.requireActive()
    // a new stream of the name begins in another second, and so do its sequence numbers
    this.#nextCreatedAtMs = Math.max(this.#nextCreatedAtMs, (Math.floor(stream.createdAtMs / 1_000) + 1) * 1_000)
    await this.#changed(name, () => stream.delete(() => this.#streams.delete(name)))
  }

  put(name: string, records: readonly RecordToPut[]): Promise<readonly PutOutcome[]> {
    return this.#stream(name).put(records)
  }

  iterator(name: string, shardId: string, position: IteratorPosition): string {
    const { refusals } = this.#options
    const shardIndex = shardIndexOf(shardId)
    if (shardIndex === undefined) throw refusals.shardNotFound(name, shardId)
    const stream = this.#streams.get(name)
    const shard = stream?.shard(shardIndex)
    if (stream === undefined || shard === undefined) throw refusals.noSuchShard(name, shardIdOf(shardIndex))
    const at = shard.resolve(position, name, refusals)
    return this.#seal(stream, shardIndex, at)
  }

  async read(iterator: string, limit: number): Promise<RecordsPage> {
    const { tokens, refusals, now, enforceShardLimits } = this.#options
    const content = tokens.open(iterator)
    const nowMs = now()
    if (content === undefined) throw refusals.iterator()
    const { createdAtMs, streamName, shardIndex, fromIndex } = content
    if (nowMs - createdAtMs > iteratorLifeMs) throw refusals.iteratorExpired(createdAtMs, nowMs)
    const stream = this.#streams.get(streamName)
    const shard = stream?.createdAtMs === content.streamCreatedAtMs ? stream.shard(shardIndex) : undefined
    if (stream === undefined || shard === undefined) throw refusals.noSuchShard(streamName, shardIdOf(shardIndex))
    if (enforceShardLimits && !shard.limits.admitsRead(nowMs)) throw refusals.rate(streamName, shard.shardId)
    const page = await shard.log
      .read({
        fromIndex,
        notBeforeMs: Math.max(content.notBeforeMs, stream.horizonMs),
        maxRecords: Math.min(limit, kinesisLimits.maxReadRecords),
        maxBytes: maxReadBytes,
      })
      .catch((error: unknown) => {
        throw this.#failure(error, streamName)
      })
    shard.limits.readBytes(page.bytes)
    const isAtEnd = page.nextIndex >= shard.log.endIndex
    const isOver = isAtEnd && stream.shard(shardIndex)?.isClosed === true
    const last = page.records.at(-1)
    return {
      records: page.records.map(({ recordIndex, arrivedAtMs, partitionKey, data }) => ({
        sequenceNumber: shard.sequenceNumber(recordIndex, arrivedAtMs),
        arrivedAtMs,
        partitionKey,
        data,
      })),
      nextIterator: isOver ? undefined : this.#seal(stream, shardIndex, { fromIndex: page.nextIndex, notBeforeMs: 0 }),
      millisBehindLatest: isAtEnd || last === undefined ? 0 : Math.max(0, nowMs - last.arrivedAtMs),
      childShards: isOver ? childrenOf(stream.describe(), shard.shardId) : [],
    }
  }

  async split(name: string, shardId: string, newStartingHashKey: bigint): Promise<void> {
    const request = this.#request(name)
    await this.#reshard(name, (shards) => splitPlan(shards, shardId, newStartingHashKey, request))
  }

  async merge(name: string, shardId: string, adjacentShardId: string): Promise<void> {
    const request = this.#request(name)
    await this.#reshard(name, (shards) => mergePlan(shards, shardId, adjacentShardId, request))
  }

  async setShardCount(name: string, target: number): Promise<void> {
    const request = this.#request(name)
    await this.#reshard(name, (shards) => scalePlan(shards, target, request))
  }

  async setRetention(name: string, hours: number, change: 'increase' | 'decrease'): Promise<void> {
    const { refusals } = this.#options
    const stream = this.#stream(name)
    if (hours < kinesisLimits.minRetentionHours) throw refusals.retentionTooShort(hours)
    stream.requireActive()
    await this.#changed(name, () =>
      stream.describeAs(({ retentionHours }) => {
        const isAgainst = change === 'increase' ? hours < retentionHours : hours > retentionHours
        if (isAgainst) throw refusals.retentionDirection(name, hours, retentionHours, change)
        return { retentionHours: hours }
      }),
    )
  }

  async tag(name: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const stream = this.#stream(name)
    await this.#changed(name, () =>
      stream.describeAs((description) => {
        const all = { ...description.tags, ...tags }
        if (Object.keys(all).length > kinesisLimits.maxTags) throw this.#options.refusals.tooManyTags(name)
        return { tags: all }
      }),
    )
  }

  async untag(name: string, keys: readonly string[]): Promise<void> {
    const stream = this.#stream(name)
    await this.#changed(name, () =>
      stream.describeAs(({ tags }) => ({
        tags: Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key))),
      })),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sweep)
    for (const stream of this.#streams.values()) await stream.close()
  }

  #request(streamName: string): { streamName: string; nowMs: number; refusals: Refusals } {
    return { streamName, nowMs: this.#options.now(), refusals: this.#options.refusals }
  }

  async #reshard(name: string, plan: (shards: Shards) => Shards): Promise<void> {
    const stream = this.#stream(name)
    await this.#changed(name, () => stream.reshard(plan))
  }

  #stream(name: string): StoredStream {
    const stream = this.#streams.get(name)
    if (stream === undefined) throw this.#options.refusals.streamNotFound(name)
    return stream
  }

  #seal(stream: StoredStream, shardIndex: number, at: { fromIndex: number; notBeforeMs: number }): string {
    const { name: streamName, createdAtMs: streamCreatedAtMs } = stream
    return this.#options.tokens.seal({
      createdAtMs: this.#options.now(),
      streamName,
      streamCreatedAtMs,
      shardIndex,
      ...at,
    })
  }

  async #changed<T>(name: string, change: () => Promise<T>): Promise<T> {
    try {
      return await change()
    } catch (error) {
      throw this.#failure(error, name)
    }
  }

  /** Refusals as they are; what the disk refuses is said in the log and answered as AWS answers its own failures. */
  #failure(error: unknown, stream: string): unknown {
    if (error instanceof KinesisError) return error
    this.#options.log.error({ err: error, stream }, 'a request failed')
    return this.#options.refusals.internal()
  }

  /** Deletes the files of expired records. */
  async expire(): Promise<void> {
    for (const stream of this.#streams.values()) {
      await stream.expire().catch((error: unknown) => {
        this.#options.log.error({ err: error, stream: stream.name }, 'expired records could not be deleted')
      })
    }
  }
}

const childrenOf = ({ shards }: StreamDescription, shardId: string): ShardDescription[] =>
  shards.filter((shard) => shard.parentShardId === shardId || shard.adjacentParentShardId === shardId)
