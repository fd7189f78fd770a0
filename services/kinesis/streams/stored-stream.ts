import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { kinesisLimits } from '../../../contract/limits.ts'
import { loadDescription, saveDescription, type Description } from './description-file.ts'
import { syncFolder } from './files.ts'
import { hashKeyOf, rangeWith } from './hash-key.ts'
import type { Refusals } from './refusals.ts'
import { firstShards, openShards, type Shards } from './reshard.ts'
import { shardIdOf } from './shard-id.ts'
import type { Appended, ShardLogOptions } from './shard-log.ts'
import { StoredShard } from './stored-shard.ts'
import type { PutOutcome, RecordToPut, StreamDescription } from './streams.ts'

export interface StoredStreamContext extends Omit<ShardLogOptions, 'folder'> {
  readonly refusals: Refusals
  readonly enforceShardLimits: boolean
  /** How long CREATING, UPDATING and DELETING show after the change itself. */
  readonly transitionMs: number
  readonly now: () => number
}

export interface NewStream extends Pick<Description, 'name' | 'tags' | 'createdAtMs'> {
  readonly shardCount: number
}

const hourMs = 3_600_000

/** Of a folder that is to be removed. */
const deletedSuffix = '.deleted'

/** One stream: its description, its shards, and the changes to both, one at a time. */
export class StoredStream {
  readonly #folder: string
  readonly #context: StoredStreamContext
  #description: Description
  #status: StreamDescription['status']
  #shards: ReadonlyMap<number, StoredShard> = new Map()
  /** In the order of their hash keys. */
  #open: readonly StoredShard[] = []
  /** While shards are being replaced: puts wait for it, so that none goes to a shard that is being closed. */
  #gate: Promise<unknown> | undefined
  #changes: Promise<unknown> = Promise.resolve()

  private constructor(
    folder: string,
    description: Description,
    status: 'CREATING' | 'ACTIVE',
    context: StoredStreamContext,
  ) {
    this.#folder = folder
    this.#description = description
    this.#status = status
    this.#context = context
  }

  /** A stream that is not stored yet: `create` does it. */
  static plan(folder: string, stream: NewStream, context: StoredStreamContext): StoredStream {
    const { shardCount, ...named } = stream
    const { shards, nextShardIndex } = firstShards(shardCount, stream.createdAtMs)
    const description = {
      format: 1,
      ...named,
      retentionHours: kinesisLimits.minRetentionHours,
      nextShardIndex,
      shards,
    } as const
    return new StoredStream(folder, description, 'CREATING', context)
  }

  /**
   * Opens a stored stream, or removes what is left of one that was deleted, or never created to its end.
   * @throws LabError LAB_STATE_BROKEN
   */
  static async load(folder: string, context: StoredStreamContext): Promise<StoredStream | undefined> {
    const description = folder.endsWith(deletedSuffix) ? undefined : await loadDescription(folder)
    if (description === undefined) {
      await rm(folder, { recursive: true, force: true })
      return undefined
    }
    const stream = new StoredStream(folder, description, 'ACTIVE', context)
    await stream.#take(description)
    const known = new Set(description.shards.map(({ index }) => shardIdOf(index)))
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !known.has(entry.name)) await rm(join(folder, entry.name), { recursive: true })
    }
    return stream
  }

  get name(): string {
    return this.#description.name
  }

  get createdAtMs(): number {
    return this.#description.createdAtMs
  }

  get isThere(): boolean {
    return this.#status !== 'DELETING'
  }

  /** Records that arrived earlier have expired. */
  get horizonMs(): number {
    return this.#context.now() - this.#description.retentionHours * hourMs
  }

  async create(): Promise<void> {
    await mkdir(this.#folder)
    await saveDescription(this.#folder, this.#description)
    await this.#take(this.#description)
    await this.#afterTransition(() => {
      this.#activate()
    })
  }

  describe(): StreamDescription {
    const { name, createdAtMs, retentionHours, tags } = this.#description
    const shards = [...this.#shards.values()].map((shard) => shard.describe())
    return { name, createdAtMs, retentionHours, tags, status: this.#status, shards }
  }

  shard(index: number): StoredShard | undefined {
    return this.#shards.get(index)
  }

  /** @throws KinesisError ResourceNotFoundException while the stream is being created or deleted */
  async put(records: readonly RecordToPut[]): Promise<PutOutcome[]> {
    while (this.#gate !== undefined) await this.#gate
    const { now, refusals, enforceShardLimits } = this.#context
    if (this.#status === 'CREATING' || this.#status === 'DELETING') throw refusals.streamNotFound(this.name)
    const nowMs = now()
    const touched = new Set<StoredShard>()
    const puts = records.map((record): { readonly shard: StoredShard; readonly appended?: Appended } => {
      const shard = rangeWith(this.#open, record.explicitHashKey ?? hashKeyOf(record.partitionKey))
      const bytes = record.data.length + Buffer.byteLength(record.partitionKey)
      if (enforceShardLimits && !shard.limits.admitsRecord(bytes, nowMs)) return { shard }
      touched.add(shard)
      return { shard, appended: shard.log.append(record, nowMs) }
    })
    for (const { log } of touched) log.flush()
    // records that went out in one write share its promise: each is waited for once
    const failures = new Map<Promise<unknown>, unknown>()
    for (const { appended } of puts) {
      if (appended !== undefined && !failures.has(appended.stored)) {
        failures.set(appended.stored, await appended.stored)
      }
    }
    return puts.map(({ shard, appended }) => this.#outcome(shard, appended, failures))
  }

  /**
   * Replaces shards; resolves once the new ones take records.
   * @param plan may refuse; what it returns is stored
   * @throws KinesisError ResourceInUseException while another change is under way
   */
  async reshard(plan: (shards: Shards) => Shards): Promise<void> {
    this.requireActive()
    const planned = plan(this.#description)
    this.#status = 'UPDATING'
    try {
      await this.#change(async () => {
        const gate = this.#replaceShards({ ...this.#description, ...planned })
        this.#gate = gate.catch(() => undefined)
        await gate.finally(() => {
          this.#gate = undefined
        })
      })
    } finally {
      await this.#afterTransition(() => {
        this.#activate()
      })
    }
  }

  /** Stores other tags or another retention. @param plan may refuse */
  async describeAs(
    plan: (description: Description) => Partial<Pick<Description, 'tags' | 'retentionHours'>>,
  ): Promise<void> {
    await this.#change(async () => {
      const description = { ...this.#description, ...plan(this.#description) }
      await saveDescription(this.#folder, description)
      this.#description = description
    })
  }

  /** Resolves once a restart would not bring the stream back; without a transition time, once its files are gone. */
  async delete(whenGone: () => void): Promise<void> {
    this.#status = 'DELETING'
    // renamed, not noted in the description: that would need room on the disk, which deleting may be meant to make
    const deletedFolder = this.#folder + deletedSuffix
    await this.#change(async () => {
      await this.close()
      await rename(this.#folder, deletedFolder)
      await syncFolder(dirname(this.#folder))
    })
    await this.#afterTransition(async () => {
      await rm(deletedFolder, { recursive: true, force: true })
      whenGone()
    })
  }

  /** Deletes the files of expired records, and closed shards that have none left. */
  async expire(): Promise<void> {
    await this.#change(async () => {
      if (!this.isThere) return
      const { horizonMs } = this
      for (const { log } of this.#shards.values()) await log.expire(horizonMs)
      const { shards } = this.#description
      const kept = shards.filter(({ closedAtMs }) => closedAtMs === undefined || closedAtMs >= horizonMs)
      if (kept.length === shards.length) return
      const description = { ...this.#description, shards: kept }
      await saveDescription(this.#folder, description)
      for (const { index } of shards.filter((shard) => !kept.includes(shard))) {
        await this.#shards.get(index)?.log.close()
        await rm(join(this.#folder, shardIdOf(index)), { recursive: true, force: true })
      }
      await this.#take(description)
    })
  }

  async close(): Promise<void> {
    for (const { log } of this.#shards.values()) await log.close()
  }

  /** @throws KinesisError ResourceInUseException */
  requireActive(): void {
    if (this.#status !== 'ACTIVE') throw this.#context.refusals.notActive(this.name, this.#status)
  }

  async #replaceShards(description: Description): Promise<void> {
    const closing = description.shards
      .filter(({ closedAtMs }) => closedAtMs !== undefined)
      .map(({ index }) => this.#shards.get(index))
      .filter((shard) => shard?.isClosed === false)
    for (const shard of closing) await shard?.log.settled()
    await saveDescription(this.#folder, description)
    await this.#take(description)
    for (const shard of closing) await shard?.log.seal()
  }

  /** Makes a stored description the one in force. */
  async #take(description: Description): Promise<void> {
    const shards = new Map<number, StoredShard>()
    for (const shard of description.shards) {
      const open = this.#shards.get(shard.index)
      shards.set(shard.index, open?.with(shard) ?? (await StoredShard.open(this.#folder, shard, this.#context)))
    }
    this.#description = description
    this.#shards = shards
    this.#open = openShards(description.shards)
      .map(({ index }) => shards.get(index))
      .filter((shard) => shard !== undefined)
  }

  #outcome(
    shard: StoredShard,
    appended: Appended | undefined,
    failures: ReadonlyMap<Promise<unknown>, unknown>,
  ): PutOutcome {
    const { refusals } = this.#context
    const { shardId } = shard
    if (appended === undefined) {
      const { message } = refusals.rate(this.name, shardId)
      return { error: 'ProvisionedThroughputExceededException', message, shardId }
    }
    if (failures.get(appended.stored) !== undefined) {
      return { error: 'InternalFailure', message: refusals.internal().message, shardId }
    }
    return { shardId, sequenceNumber: shard.sequenceNumber(appended.recordIndex, appended.arrivedAtMs) }
  }

  #change<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#changes.then(task)
    this.#changes = done.catch(() => undefined)
    return done
  }

  #activate(): void {
    if (this.isThere) this.#status = 'ACTIVE'
  }

  async #afterTransition(task: () => void | Promise<void>): Promise<void> {
    const { transitionMs, log } = this.#context
    if (transitionMs === 0) {
      await task()
      return
    }
    setTimeout(transitionMs, undefined, { ref: false })
      .then(task)
      .catch((error: unknown) => {
        log.error({ err: error, stream: this.name }, 'a change of the stream could not be ended')
      })
  }
}
